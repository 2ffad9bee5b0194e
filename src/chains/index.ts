// The chains: the directory and the pools, which grow while running, and the command that adds a chain.
import type { AlertStore } from '../alerts/store.ts'
import type { Message } from '../alerts/types.ts'
import { createPool, type PoolOptions } from '../cosmos/endpoints.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { AddressGuard } from '../net/guarded-connect.ts'
import type { Resolve } from '../net/name-lanes.ts'
import type { Database } from '../storage/database.ts'
import { createAdoption } from './adopt.ts'
import { type Callable, urgency } from './called.ts'
import { createDirectory, type Directory } from './directory.ts'
import { createHealthWatch, type HealthDeps, type HealthWatch } from './health/health.ts'
import type { NearestDeadline } from './health/observe.ts'
import { readChainIdentity } from './identity.ts'
import { restoredChain, TYPED_BODY_BYTES, typedChain, urlPolicy } from './origins.ts'
import { registerChainCommand } from './register-chain.ts'
import { type RegistryChain, registryById } from './registry.ts'
import { chainDestinations } from './route.ts'
import type { ChainSettings, ChainsSettings, Doubt, Unwatched } from './settings.ts'
import type { ChainStateStore } from './state-store.ts'
import { chainStore, type RegisteredChain } from './store.ts'
import { createUndecided } from './undecided.ts'
import { createUnwatchedTeller } from './unwatched.ts'

export interface ChainsDeps {
  settings: ChainsSettings
  database: Database
  clock: Clock
  logger: Logger
  alerts: AlertStore
  /** What is kept of each chain itself, and of what is on it. */
  states: ChainStateStore &
    Pick<HealthDeps, 'beginAnew'> & {
      chainIds(): string[]
      deadlines(chain: ChainSettings, nowMs: number): (Callable & NearestDeadline)[]
    }
  /** Something was put into the outbox. */
  committed: () => void
  /** The chain registry; left out: src/chains/registry.json. */
  registry?: (chainId: string) => Promise<RegistryChain | null>
  /** Resolves the names in typed URLs; for tests. */
  resolve?: Resolve
  /** See `PoolOptions`. */
  wireClock?: Clock
}

export type Chains = ReturnType<typeof createChains>

export function createChains(deps: ChainsDeps) {
  const { settings, database, states, clock, logger } = deps
  const knownBlock = (chainId: string) => states.chain(chainId)?.block ?? null
  const store = chainStore(database)
  const pools = new Map<string, ChainPool>()

  const open = (chain: ChainSettings, more: Partial<PoolOptions> = {}): ChainPool => {
    const { chainId, rest, limits } = chain
    const known = knownBlock(chainId)
    return createPool({ chainId, rest, limits, clock, wireClock: deps.wireClock, logger, known, ...more })
  }
  const openTyped = (chain: ChainSettings, guard: AddressGuard) =>
    open(chain, { guard, resolve: deps.resolve, maxBodyBytes: TYPED_BODY_BYTES })

  /** As which chain one was read that is named by `word`, which may be the id of one of `ids`. */
  const before = (word: string, ids: readonly string[]): string | null =>
    store.meantBy(word) ?? ids.find((id) => knownBlock(id) !== null) ?? null
  const remember = ({ word, chainId }: ChainSettings) => {
    if (word !== undefined && store.meantBy(word) !== chainId) store.rememberWord(word, chainId)
  }
  const unwatched = settings.unwatched.map((one): Unwatched => {
    const { place, chainId, reason, mend } = one
    logger.error({ place, chainId, reason, mend }, 'a chain that is named is not watched')
    const known = before(chainId, [chainId, one.settings.chainId])
    return known === null ? one : { ...one, settings: { ...one.settings, chainId: known }, isKnown: true }
  })
  const doubts: Doubt[] = []
  const undecided = createUndecided(settings.undecided, {
    startedMs: clock.now(),
    before,
    decided({ chain, doubt }) {
      if (doubt) noteDoubt(doubt)
      remember(chain)
      add(chain)
    },
  })
  const directory = createDirectory(settings.chains, () => [...unwatched, ...undecided.pending()])
  const noteDoubt = (one: Doubt) => {
    doubts.push(one)
    logger.warn({ ...one }, 'the configuration is not as it seems')
  }
  settings.doubts.forEach(noteDoubt)
  const add = (chain: ChainSettings, pool = open(chain)) => {
    const before = pools.get(chain.chainId)
    pools.set(chain.chainId, pool)
    directory.add(chain)
    void before?.close()
  }
  const adopt = createAdoption({
    settings,
    directory,
    registry: deps.registry ?? registryById,
    add,
    logger,
  })

  const restore = (registered: RegisteredChain) => {
    const { chainId } = registered
    if (directory.get(chainId)) {
      logger.info({ chainId }, 'the configuration wins over the chain that was registered in the channel')
      return
    }
    const restored = restoredChain(registered, settings)
    if (!restored.ok) {
      logger.warn({ chainId, problem: restored.problem }, 'a chain of the channel is left out: its endpoint')
      return
    }
    add(restored.chain, openTyped(restored.chain, restored.guard))
  }
  for (const chain of settings.chains) {
    remember(chain)
    pools.set(chain.chainId, open(chain))
  }
  for (const registered of store.all()) restore(registered)

  const { health, tellUnwatched } = watchHealth(deps, directory, pools)
  let isDecided = false

  return {
    directory,
    /** A pool for every chain of the directory. */
    pools,
    health,
    commands: [
      registerChainCommand({
        directory,
        policy: urlPolicy(settings),
        store,
        clock,
        resolve: deps.resolve,
        open: (registered, guard) => openTyped(typedChain(registered, settings), guard),
        keep(registered, pool) {
          store.save(registered)
          add(typedChain(registered, settings), pool)
        },
      }),
    ],
    /**
     * Takes chains that are not known yet from the chain registry, for far ends. Returns those that are there now and
     * were not before; none where the configuration does not ask for it.
     */
    adopt,
    /**
     * Asks which chain each entry is of which that is not known yet, and tells of what is not watched. Returns those that
     * are there now and were not before; null: nothing has changed since it was asked before.
     */
    async decide(): Promise<ChainSettings[] | null> {
      if (undecided.pending().length === 0 && isDecided) return null
      const found = await undecided.ask()
      tellUnwatched(clock.now())
      isDecided = true
      return found
    },
    /** What is not as it seems, and goes on all the same. */
    doubts: (): readonly Doubt[] => doubts,
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

/** How the chains can be seen, and telling it. */
function watchHealth(
  deps: ChainsDeps,
  directory: Directory,
  pools: ReadonlyMap<string, ChainPool>,
): { health: HealthWatch; tellUnwatched: (nowMs: number) => void } {
  const { settings, states, clock } = deps
  const reporting = {
    ...deps,
    directory,
    route: ({ identity }: Pick<Message, 'identity'>) => {
      const of = readChainIdentity(identity)
      return chainDestinations(settings, directory, of && 'chainId' in of ? of.chainId : null)
    },
  }
  const { beginAnew, chainIds } = states
  const urgencyOf = (chain: ChainSettings, nowMs: number) =>
    urgency(states.deadlines(chain, nowMs), chain, directory.getKnown, nowMs)
  const health = createHealthWatch({
    ...reporting,
    alertSettings: settings.alerts,
    store: states,
    endpointsOf: (chainId) => pools.get(chainId)?.endpoints() ?? [],
    urgencyOf,
    beginAnew,
    clock,
  })
  const tellUnwatched = createUnwatchedTeller({ ...reporting, settings, chainIds, urgencyOf })
  return { health, tellUnwatched }
}
