// Who is woken in a seed's world, and who waits for its ping: a local PagerDuty and a ping server, with all that reached them.
import type { Night } from '../auditor/log.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { PagerFault } from '../pagers/http.ts'
import { type PagerServer, startPagerServer } from '../pagers/server.ts'
import { servePings } from '../ping/server.ts'

export class NightSide implements Night {
  readonly pages: Night['pages'] = []
  readonly pings: Night['pings'] = []
  readonly #clock: ManualClock
  #fault: PagerFault | null = null
  #pagers: PagerServer | null = null
  #ping: Awaited<ReturnType<typeof servePings>> | null = null

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async open(): Promise<void> {
    this.#pagers = await startPagerServer()
    this.#pagers.faults = () => this.#fault
    this.#pagers.onAnswered = ({ body, status }) => this.#note(body, status)
    this.#ping = await servePings(({ path }) => {
      const what = path.endsWith('/fail') ? 'fail' : path.endsWith('/start') ? 'start' : 'up'
      this.pings.push({ atMs: this.#clock.now(), what })
    })
  }

  get secrets() {
    return {
      PAGER: this.#pagers!.secrets.pagerduty,
      PING_URL: `${this.#ping!.url}/ping/0f8fad5b-d9cb-469f-a165-70867728950e`,
    }
  }

  /** Makes the pager fail, or work again. */
  fault(fault: PagerFault | null): void {
    this.#fault = fault
  }

  async close(): Promise<void> {
    await Promise.all([this.#pagers?.close(), this.#ping?.close()])
  }

  #note(body: string, status: number): void {
    const { event_action: action, dedup_key: key, payload } = JSON.parse(body)
    const alerts: string[] = payload?.custom_details?.alerts ?? []
    // "#41 🔴 …", as the channel has it behind its line.
    const lines = alerts.map((line) => line.replace(/^#\d+ /, ''))
    const accepted = status === 202 || (this.#fault?.accepts ?? false)
    this.pages.push({ atMs: this.#clock.now(), action, key, status, accepted, lines })
  }
}
