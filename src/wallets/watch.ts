// The watch over all wallets: who watches what, the check of every wallet, and reading some of them now.
import type { Directory } from '../chains/directory.ts'
import type { ChainSettings } from '../chains/settings.ts'
import type { ChainPool } from '../cosmos/types.ts'
import { addressProblemText, decodeHexAddress } from '../kernel/address.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { logBug } from '../storage/explain.ts'
import { createConfigured, type Misunderstood, type WalletKey } from './configured.ts'
import { readWallets, type Target } from './reader.ts'
import { RUNWAY_WINDOW_MS } from './runway.ts'
import type { AlertedChain, WalletSettler } from './settle.ts'
import type { WalletStore } from './store.ts'
import type { Tokens } from './tokens.ts'
import type { Registration, WalletReading, Watched } from './types.ts'

export interface WatchDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: WalletStore
  tokens: Tokens
  settler: WalletSettler
  /** A chain by its id, known or not (any more). */
  chainOf: (chainId: string) => AlertedChain
  /** Takes chains from the chain registry, where that is wanted. */
  adopt: (chainIds: readonly string[]) => Promise<unknown>
  clock: Clock
  logger: Logger
}

export type Watch = ReturnType<typeof createWatch>

const GONE = 'its chain is not in the configuration any more'
const UNWATCHED = 'its chain cannot be watched as it is named, or is not named any more: see status'

export const walletKey = ({ chainId, address }: WalletKey): string => `${chainId}/${address}`

export const watchedOf = ({ createdMs: _, ...wish }: Registration): Watched => ({
  ...wish,
  mention: [`<@${wish.userId}>`],
})

export function createWatch(deps: WatchDeps) {
  const { directory, pools, store, settler, clock, logger } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  const running = new Set<Promise<unknown>>()
  const configured = createConfigured(deps)
  /** Registrations of tokens that cannot be watched. */
  let refused: Misunderstood[] = []

  const tracked = <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    const done = () => running.delete(work)
    work.then(done, done)
    return work
  }

  let lastWatched: Watched[] = []
  const watched = async (): Promise<Watched[]> => {
    const written = await configured.watched()
    const registered = await registeredOf(deps)
    refused = registered.refused
    lastWatched = [...written, ...registered.watched]
    return lastWatched
  }

  /** Reads wallets of one chain and settles what came of it. */
  const look = async (
    chain: ChainSettings,
    targets: readonly Target[],
    all: readonly Watched[],
    patient: boolean,
  ): Promise<WalletReading[]> => {
    const { chainId } = chain
    const pool = pools.get(chainId)
    if (!pool) return []
    const isDoubtful = (address: string, denom: string, base: bigint) =>
      settler.wouldCall(
        chain,
        all.filter((one) => one.chainId === chainId && one.address === address && one.denom === denom),
        base,
        clock.now(),
      )
    const wasLocked = (address: string, denom: string) =>
      (store.balance(chainId, address, denom)?.lockedBase ?? 0n) > 0n
    const readings = await readWallets({ pool, patient, isDoubtful, wasLocked, signal }, targets)
    if (signal.aborted) return []
    // Somebody may have registered or gone while the wallets were read.
    const now = (await watched()).filter((one) => one.chainId === chainId)
    settler.settle(chain, now, readings.map(inOurWords(chain)), clock.now())
    return readings
  }

  const lookAt = async (all: readonly Watched[], only: ReadonlySet<string> | null) => {
    const found = new Map<string, WalletReading>()
    await Promise.all(
      directory.all().map(async (chain) => {
        const targets = targetsOf(all, chain.chainId).filter(
          ({ address }) => only === null || only.has(walletKey({ chainId: chain.chainId, address })),
        )
        if (targets.length === 0) return
        try {
          for (const reading of await look(chain, targets, all, only === null))
            found.set(walletKey({ chainId: chain.chainId, address: reading.address }), reading)
        } catch (error) {
          // One chain's trouble hides no other's wallets. Nothing of it was committed: the next check finds the same.
          logBug(logger, error, 'a check of wallets failed', { chainId: chain.chainId })
        }
      }),
    )
    return found
  }

  const unknownChains = (all: readonly Watched[]): string[] =>
    [...new Set(all.map(({ chainId }) => chainId))].filter((chainId) => directory.get(chainId) === null)

  /** Wallets of a chain that is not known any more are not forgotten in silence: they cannot be read. */
  const unreadable = (all: readonly Watched[]) => {
    for (const chainId of unknownChains(all)) {
      const own = all.filter((one) => one.chainId === chainId)
      const cause = directory.isGone(chainId) ? GONE : UNWATCHED
      const readings = targetsOf(own, chainId).map(({ address }) => ({ address, cause }))
      settler.settle(deps.chainOf(chainId), own, readings, clock.now())
    }
  }

  return {
    /** All wishes: the configuration's, then the registrations. */
    watched,
    /** What `watched` gave the last time. */
    lastWatched: (): readonly Watched[] => lastWatched,
    /** Wallets that cannot be watched as they are written or registered. */
    misunderstood: (): Misunderstood[] => [...configured.misunderstood(), ...refused],
    /** Reads and judges every watched wallet, each chain by itself. Never rejects. */
    check: (): Promise<void> =>
      tracked(
        (async () => {
          await deps.adopt(unknownChains(await watched()))
          await lookAt(await watched(), null)
          if (signal.aborted) return
          unreadable(await watched())
          const now = await watched()
          if (configured.isKnown()) settler.endOrphans(now, clock.now())
          store.prune(clock.now() - 2 * RUNWAY_WINDOW_MS)
        })().catch((error) => logBug(logger, error, 'the check of all wallets failed', {})),
      ),
    /** Reads and judges some wallets now; by `walletKey`. Those of chains that are not known are left out. */
    readNow: (wallets: readonly WalletKey[]): Promise<Map<string, WalletReading>> =>
      tracked((async () => lookAt(await watched(), new Set(wallets.map(walletKey))))()),
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.allSettled(running)
    },
  }
}

/** What users registered; apart from it what is of tokens that cannot be watched. */
async function registeredOf({ store, tokens }: Pick<WatchDeps, 'store' | 'tokens'>) {
  const watched: Watched[] = []
  const refused: Misunderstood[] = []
  for (const one of store.registrations()) {
    const { chainId, address, userId, denom } = one
    const problem = await tokens.learn(chainId, denom)
    if (problem === null) watched.push(watchedOf(one))
    else refused.push({ chainId, address, userId, problem })
  }
  return { watched, refused }
}

/** Why a chain does not take a 0x address, in words that say what to do. */
const inOurWords =
  ({ prefix }: ChainSettings) =>
  (reading: WalletReading): WalletReading =>
    'cause' in reading && decodeHexAddress(reading.address)
      ? { ...reading, cause: addressProblemText('not-bech32', reading.address, [prefix]) }
      : reading

/** One target for each wallet, with all denoms that somebody watches there. */
function targetsOf(all: readonly Watched[], chainId: string): Target[] {
  const denoms = new Map<string, Set<string>>()
  for (const one of all) {
    if (one.chainId !== chainId) continue
    denoms.set(one.address, (denoms.get(one.address) ?? new Set()).add(one.denom))
  }
  return [...denoms].map(([address, of]) => ({ address, denoms: [...of] }))
}
