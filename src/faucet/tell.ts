// Tells users what they do not know yet of their drips: in the answer where it can still be changed, else by message.
import { MINUTE_MS } from '../kernel/duration.ts'
import { backoff } from '../net/backoff.ts'
import type { FaucetParts } from './deps.ts'
import { type DripSettler, replyOf } from './settle.ts'
import type { Drip } from './types.ts'

/** Where Discord lets us wait: at first, doubled, and at most. */
const PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 20 * MINUTE_MS
/** Then it is given up, to be read in `/faucet`: after an hour and a half, longer than Discord lets anybody wait. */
const MOST_TRIES = 10

/**
 * Returns what tells all that is untold, each apart: Discord can make one wait for an hour, and neither the others nor
 * the job wait for it. It resolves when nobody is being told any more.
 */
export function createTelling(parts: FaucetParts, settler: DripSettler, stopping: AbortSignal) {
  const { faucets, store, dms, clock, logger } = parts
  /** Who is being told at this moment, and whom Discord let wait, by drip. */
  const telling = new Map<number, Promise<void>>()
  const later = new Map<number, { tries: number; notBeforeMs: number }>()

  async function tellOne(drip: Drip): Promise<void> {
    const told = () => {
      later.delete(drip.id)
      store.markTold(drip.id, drip.status, clock.now())
    }
    const faucet = faucets.find(({ settings }) => settings.chain === drip.chain)
    if (!faucet) return told()
    const reply = replyOf(faucet, drip)
    if (await settler.edit(drip.id, reply)) return told()
    const text = `About your request for tokens <t:${Math.floor(drip.atMs / 1000)}:R>:\n${reply.text}`
    const result = await dms.news(drip.userId, `drip-${drip.id}-${drip.status}`, text, faucet.settings)
    if (result === 'held') return
    if (result !== 'later') return told()
    const tries = (later.get(drip.id)?.tries ?? 0) + 1
    const pauseMs = backoff(tries - 1, { firstMs: PAUSE_MS, mostMs: LONGEST_PAUSE_MS })
    later.set(drip.id, { tries, notBeforeMs: clock.now() + pauseMs })
    if (tries < MOST_TRIES) return
    logger.warn({ drip: drip.id }, 'a user was not told the outcome: Discord took no direct message')
    told()
  }

  return async (): Promise<void> => {
    for (const drip of stopping.aborted ? [] : store.untold()) {
      if (telling.has(drip.id) || clock.now() < (later.get(drip.id)?.notBeforeMs ?? 0)) continue
      const told = tellOne(drip)
        .catch((error) => logger.error({ drip: drip.id, err: error }, 'a user could not be told the outcome'))
        .finally(() => telling.delete(drip.id))
      telling.set(drip.id, told)
    }
    await Promise.all(telling.values())
  }
}
