// Reads wallets of one chain, a few at once, so that its clients are not kept waiting.
import { type Held, type Holdings, readHoldings } from '../cosmos/bank.ts'
import { type ChainPool, isUpstream } from '../cosmos/types.ts'
import { messageOf } from '../kernel/errors.ts'
import type { WalletReading } from './types.ts'

/** A wallet and the denoms that somebody wants to know of. */
export interface Target {
  address: string
  denoms: readonly string[]
}

export interface ReadDeps {
  pool: ChainPool
  /** Nobody waits for it; a second look is in haste all the same. */
  patient: boolean
  /** Whether a balance is worth a second look, because somebody would be called for it. */
  isDoubtful: (address: string, denom: string, base: bigint) => boolean
  /** Whether a part of a balance was locked when it was read before. */
  wasLocked: (address: string, denom: string) => boolean
  signal?: AbortSignal
}

/** Wallets of one chain that are read at the same time: a small part of what its endpoints take. */
const AT_ONCE = 4
/** After so many in a row that could not be read, the rest of a chain's wallets is not asked for any more. */
const HOPELESS = 8

/**
 * Reads wallets: what each holds, and what of it can be spent, once for each, whoever watches it and however many
 * denoms are asked for. A balance for which somebody would be called is read once more, from another endpoint, where
 * there is one. What cannot be read is a reading too. Those that were given up because `signal` aborted are left out.
 */
export async function readWallets(deps: ReadDeps, targets: readonly Target[]): Promise<WalletReading[]> {
  const readings: WalletReading[] = []
  const left = [...targets]
  let failures = 0
  let lastCause = ''
  const work = async () => {
    for (let target = left.shift(); target && !deps.signal?.aborted; target = left.shift()) {
      const reading =
        failures >= HOPELESS ? { address: target.address, cause: lastCause } : await readWallet(deps, target)
      const isLost = 'cause' in reading && !reading.atMost
      failures = isLost ? failures + 1 : 0
      if (isLost) lastCause = reading.cause
      if (!deps.signal?.aborted) readings.push(reading)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, targets.length) }, work))
  return readings
}

async function readWallet(deps: ReadDeps, { address, denoms }: Target): Promise<WalletReading> {
  const { pool, patient, signal } = deps
  try {
    const first = await readHoldings(pool, address, denoms, { signal, patient })
    const { held, failure, isTold } = first
    if (pool.endpoints().length > 1) {
      for (const [denom, before] of held) {
        if (deps.isDoubtful(address, denom, before.base))
          held.set(denom, await secondLook(deps, address, denom, first, before))
      }
    }
    if (failure) return { address, cause: messageOf(failure), atMost: held }
    // Taken to be free, all of it would look like a refill.
    if (!isTold && denoms.some((denom) => deps.wasLocked(address, denom)))
      return { address, cause: 'what of it can be spent is not told any more', atMost: held }
    return { address, held }
  } catch (error) {
    if (isUpstream(error)) return { address, cause: messageOf(error) }
    throw error
  }
}

/** The newer of two looks, by their heights; the first where the second fails. */
async function secondLook(
  { pool, signal }: ReadDeps,
  address: string,
  denom: string,
  first: Holdings,
  before: Held,
): Promise<Held> {
  try {
    const second = await readHoldings(pool, address, [denom], { signal, avoid: first.endpoint })
    const older = first.height !== null && second.height !== null && second.height < first.height
    return older || (first.isTold && !second.isTold) ? before : second.held.get(denom)!
  } catch (error) {
    if (isUpstream(error)) return before
    throw error
  }
}
