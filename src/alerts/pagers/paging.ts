// The pagers that are configured, at work: loaded with their kinds, looked at after each commit and every few seconds.
import { atMost, type Clock } from '../../kernel/clock.ts'
import { createTimers } from '../outbox/deliver.ts'
import { createSend, type Send } from '../outbox/send.ts'
import type { DeliveryStatus } from '../outbox/status.ts'
import type { AlertStore } from '../store.ts'
import { createDeadWebhooks } from './dead-webhook.ts'
import { loadKind } from './kinds.ts'
import { createPagerLane, type PagerLaneDeps } from './lane.ts'
import { createPageStore } from './store.ts'
import type { NamedPager } from './targets.ts'

export interface PagingDeps extends Omit<PagerLaneDeps, 'send' | 'later' | 'stopped' | 'signal'> {
  alerts: AlertStore
  pagers: readonly NamedPager[]
  /** How the webhooks are. */
  webhooks: () => DeliveryStatus['webhooks']
  /** In place of undici, for tests. */
  send?: Send
  timeoutMs?: number
  /** The time of the wire; left out: the machine's. */
  wireClock?: Clock
}

export type Paging = Awaited<ReturnType<typeof createPaging>>

/** What is over without a word, or acknowledged, is found after so long. */
const LOOK_MS = 15_000

/** Nothing is sent before `start`. */
export async function createPaging(deps: PagingDeps) {
  const { database, clock, logger, pagers } = deps
  const own = deps.send ? null : createSend(deps.timeoutMs ?? 10_000, deps.wireClock)
  const abort = new AbortController()
  const timers = createTimers(clock)
  let isStopped = false
  const shared = {
    ...deps,
    send: deps.send ?? own!.send,
    later: timers.later,
    stopped: () => isStopped,
    signal: abort.signal,
  }
  const lanes = await Promise.all(
    pagers.map(async (pager) => createPagerLane(pager, await loadKind(pager.kind), shared)),
  )
  const lookAtWebhooks = createDeadWebhooks({ ...deps, committed: kick })
  const running = () => lanes.map((lane) => lane.running).filter(Boolean)

  function kick(): void {
    try {
      if (!isStopped) for (const { look } of lanes) look()
    } catch (error) {
      logger.error({ err: error }, 'the pages could not be looked at; trying again')
    }
  }

  function tick(): void {
    timers.later(LOOK_MS, tick)
    try {
      lookAtWebhooks(deps.webhooks())
    } catch (error) {
      logger.error({ err: error }, 'the webhooks could not be looked at; trying again')
    }
    kick()
  }

  return {
    start(): void {
      createPageStore(database).forgetLanes(
        pagers.map(({ lane }) => lane),
        clock.now(),
      )
      tick()
    },
    /** To be called after a commit that put something into the outbox. */
    kick,
    /** Sends what can be sent now. */
    async flush(): Promise<void> {
      kick()
      while (running().length > 0) await Promise.all(running())
    },
    troubleOf: (name: string) => lanes.find((lane) => lane.name === name)?.trouble() ?? null,
    async stop(withinMs = 3000): Promise<void> {
      isStopped = true
      timers.cancelAll()
      await atMost(clock, withinMs, Promise.all(running()))
      abort.abort()
      await Promise.all(running())
      await own?.close()
    },
  }
}
