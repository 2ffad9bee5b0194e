// The job that goes after unknown drips: what a dead process left, transactions to look up, users to be told.
import type { Clock } from '../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Dms } from './dm.ts'
import type { Dripper } from './drip.ts'
import { type Faucet, replyOf, type Settler } from './settle.ts'
import type { Store } from './store.ts'
import type { Drip } from './types.ts'

/** How often the job looks at what is due. */
export const TICK_MS = 15_000
/** How often a server is asked for its balance. */
const STATUS_EVERY_MS = 5 * MINUTE_MS
/** A transaction that was not found for this long is left to the moderators. */
const LOOK_UP_FOR_MS = 7 * DAY_MS

/** Pause before the next look-up, ms: 15 s at first, doubled up to 10 minutes. */
export function nextCheckInMs(checks: number): number {
  return Math.min(TICK_MS * 2 ** Math.min(checks, 10), 10 * MINUTE_MS)
}

/** Then it is given up, to be read in `/faucet`: after an hour and a half, longer than Discord lets anybody wait. */
const MOST_TRIES_TO_TELL = 10
const TELL_PAUSE_MAX_MS = 20 * MINUTE_MS

export interface ResolveDeps {
  faucets: readonly Faucet[]
  store: Store
  dms: Dms
  settler: Settler
  dripper: Dripper
  clock: Clock
  logger: Logger
  /** Looks whether an alert is due; `seenDry`: whether the server itself says that it has nothing left. */
  watch: (faucet: Faucet, seenDry?: boolean) => void
}

export type Resolver = ReturnType<typeof createResolver>

export function createResolver(deps: ResolveDeps) {
  const { store, clock, logger, dripper, settler } = deps
  const faucetOf = (chain: string) => deps.faucets.find(({ settings }) => settings.chain === chain)
  const statusAtMs = new Map<string, number>()
  /** Who is being told at this moment, and whom Discord let wait, by drip. */
  const telling = new Map<number, Promise<void>>()
  const later = new Map<number, { tries: number; notBeforeMs: number }>()
  const stopping = new AbortController()
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
    const faucet = faucetOf(drip.chain)
    const nowMs = clock.now()
    if (!faucet?.sender.lookup || nowMs - drip.atMs > LOOK_UP_FOR_MS) {
      store.checkedAgainAt(drip.id, null)
      return
    }
    const found = await faucet.sender.lookup(drip.txHash!, stopping.signal)
    if (stopping.signal.aborted) return
    if (found.status === 'pending') {
      store.checkedAgainAt(drip.id, clock.now() + nextCheckInMs(drip.checks))
      return
    }
    const { status, detail } = found
    const cause = status === 'failed' ? 'reverted' : null
    settler.write(drip.id, ['unknown'], { status, cause, detail, told: false })
    deps.watch(faucet)
  }

  /** In the answer where it can still be changed, else by direct message. */
  async function tellOne(drip: Drip): Promise<void> {
    const told = () => {
      later.delete(drip.id)
      store.markTold(drip.id, drip.status, clock.now())
    }
    const faucet = faucetOf(drip.chain)
    if (!faucet) return told()
    const reply = replyOf(faucet, drip)
    if (await settler.edit(drip.id, reply)) return told()
    const text = `About your request for tokens <t:${Math.floor(drip.atMs / 1000)}:R>:\n${reply.text}`
    const result = await deps.dms.news(drip.userId, `drip-${drip.id}-${drip.status}`, text, faucet.settings)
    if (result === 'held') return
    if (result !== 'later') return told()
    const tries = (later.get(drip.id)?.tries ?? 0) + 1
    later.set(drip.id, {
      tries,
      notBeforeMs: clock.now() + Math.min(TICK_MS * 2 ** tries, TELL_PAUSE_MAX_MS),
    })
    if (tries < MOST_TRIES_TO_TELL) return
    logger.warn({ drip: drip.id }, 'a user was not told the outcome: Discord took no direct message')
    told()
  }

  /**
   * Tells users what they do not know yet, each apart: Discord can make one wait for an hour, and neither the others
   * nor the job wait for it. Resolves when nobody is being told any more.
   */
  async function tell(): Promise<void> {
    for (const drip of stopping.signal.aborted ? [] : store.untold()) {
      if (telling.has(drip.id) || clock.now() < (later.get(drip.id)?.notBeforeMs ?? 0)) continue
      const told = tellOne(drip)
        .catch((error) => logger.error({ drip: drip.id, err: error }, 'a user could not be told the outcome'))
        .finally(() => telling.delete(drip.id))
      telling.set(drip.id, told)
    }
    await Promise.all(telling.values())
  }

  async function askStatus(faucet: Faucet): Promise<void> {
    const { chain } = faucet.settings
    const nowMs = clock.now()
    const lastMs = statusAtMs.get(chain)
    if (!faucet.sender.status || (lastMs !== undefined && nowMs - lastMs < STATUS_EVERY_MS)) {
      deps.watch(faucet)
      return
    }
    statusAtMs.set(chain, nowMs)
    const status = await faucet.sender.status(stopping.signal)
    if (!stopping.signal.aborted) deps.watch(faucet, status?.dry)
  }

  /** One round. Never throws: what fails is logged and tried again in the next. */
  async function tick(): Promise<void> {
    const parts: (() => void | Promise<void>)[] = [
      () => settler.tidy(),
      recover,
      ...store.dueForCheck(clock.now()).map((drip) => () => lookUp(drip)),
      // Not waited for.
      () =>
        void tell().catch((error) => logger.error({ err: error }, 'what is to be told could not be read')),
      ...deps.faucets.map((faucet) => () => askStatus(faucet)),
    ]
    for (const part of parts) {
      if (stopping.signal.aborted) return
      try {
        await part()
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
      recover()
      schedule()
    },
    async stop(): Promise<void> {
      stopping.abort()
      cancel?.()
      await current
    },
  }
}
