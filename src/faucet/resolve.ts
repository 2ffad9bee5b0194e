// The job that goes after unknown drips: what a dead process left, transactions to look up, users to be told.
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { messageOf } from '../kernel/errors.ts'
import { backoff } from '../net/backoff.ts'
import type { Faucet, FaucetParts } from './deps.ts'
import type { Dripper } from './drip.ts'
import { type DripSettler, tryDatabase } from './settle.ts'
import { createTelling } from './tell.ts'
import type { Drip } from './types.ts'

/** How often the job looks at what is due. */
const TICK_MS = 15_000
/** How often a server is asked for its balance. */
const STATUS_EVERY_MS = 5 * MINUTE_MS
/** A transaction that was not found for this long is left to the moderators. */
const LOOK_UP_FOR_MS = 7 * DAY_MS

/** Pause before the next look-up, ms. */
const nextCheckInMs = (checks: number) => backoff(checks, { firstMs: TICK_MS, mostMs: 10 * MINUTE_MS })

export function createResolver(parts: FaucetParts, settler: DripSettler, dripper: Dripper) {
  const { faucets, store, clock, logger, watch } = parts
  const statusAtMs = new Map<string, number>()
  const stopping = new AbortController()
  const tell = createTelling(parts, settler, stopping.signal)
  let cancel: (() => void) | null = null
  let current: Promise<void> = Promise.resolve()

  /** What is reserved, but not by a call of this process, may have been paid: unknown, never a refund. */
  function recover(): void {
    for (const drip of store.reserved()) {
      if (dripper.isInFlight(drip.id)) continue
      const detail = 'the process ended while the faucet was working'
      settler.write(drip.id, ['reserved'], { status: 'unknown', cause: 'restart', detail, told: false })
    }
  }

  async function lookUp(drip: Drip): Promise<void> {
    const faucet = faucets.find(({ settings }) => settings.chain === drip.chain)
    const nowMs = clock.now()
    if (!faucet?.sender.lookup || nowMs - drip.atMs > LOOK_UP_FOR_MS) {
      store.checkedAgainAt(drip.id, null)
      return
    }
    const found = await faucet.sender.lookup(drip.txHash!, stopping.signal)
    if (stopping.signal.aborted) return
    if (found.status === 'pending' || found.status === 'unreadable') {
      store.checkedAgainAt(drip.id, clock.now() + nextCheckInMs(drip.checks))
      return
    }
    const { status, detail } = found
    const cause = status === 'failed' ? 'reverted' : null
    settler.write(drip.id, ['unknown'], { status, cause, detail, told: false })
    watch(faucet)
  }

  async function askStatus(faucet: Faucet): Promise<void> {
    const { chain } = faucet.settings
    const nowMs = clock.now()
    const lastMs = statusAtMs.get(chain)
    if (!faucet.sender.status || (lastMs !== undefined && nowMs - lastMs < STATUS_EVERY_MS)) {
      watch(faucet)
      return
    }
    statusAtMs.set(chain, nowMs)
    const status = await faucet.sender.status(stopping.signal)
    if (!stopping.signal.aborted) watch(faucet, status?.dry)
  }

  /** One round. Never throws: what fails is logged and tried again in the next. */
  async function tick(): Promise<void> {
    const steps: (() => void | Promise<void>)[] = [
      () => settler.tidy(),
      recover,
      ...store.dueForCheck(clock.now()).map((drip) => () => lookUp(drip)),
      // Not waited for.
      () =>
        void tell().catch((error) => logger.error({ err: error }, 'what is to be told could not be read')),
      ...faucets.map((faucet) => () => askStatus(faucet)),
    ]
    for (const step of steps) {
      if (stopping.signal.aborted) return
      try {
        await step()
      } catch (error) {
        logger.error({ error: messageOf(error), err: error }, 'a part of the faucet job failed')
      }
    }
  }

  function schedule(): void {
    cancel = clock.at(clock.now() + TICK_MS, () => {
      current = tick()
        .catch((error) => logger.error({ err: error }, 'the faucet job failed'))
        .then(() => {
          if (!stopping.signal.aborted) schedule()
        })
    })
  }

  return {
    tick,
    tell,
    start(): void {
      tryDatabase(logger, recover)
      schedule()
    },
    async stop(): Promise<void> {
      stopping.abort()
      cancel?.()
      await current
    },
  }
}
