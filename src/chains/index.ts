// The room of the chains: the directory and the pools, which grow while running, and the command that adds a chain.
import type { AlertStore } from '../alerts/store.ts'
import type { Message } from '../alerts/types.ts'
import type { ChainSettings, Doubt, Settings, Unwatched } from '../config/index.ts'
import { createPool, type PoolOptions } from '../cosmos/endpoints.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Command } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { AddressGuard } from '../net/guarded-connect.ts'
import type { Resolve } from '../net/name-lanes.ts'
import { checkUrl, type UrlPolicy } from '../net/url-guard.ts'
import type { Database } from '../storage/database.ts'
import { createDirectory, type Directory } from './directory.ts'
import { createHealthWatch, type HealthDeps, type HealthWatch } from './health/health.ts'
import { readChainIdentity } from './identity.ts'
import { registerChainCommand } from './register-chain.ts'
import { type RegistryChain, registryChain } from './registry.ts'
import { chainDestinations } from './route.ts'
import type { ChainStateStore } from './state-store.ts'
import { chainStore, type RegisteredChain } from './store.ts'
import { decide } from './undecided.ts'
import { createUnwatchedTeller } from './unwatched.ts'

export interface ChainsDeps {
  settings: Settings
  database: Database
  clock: Clock
  logger: Logger
  alerts: AlertStore
  /** What is kept of each chain itself, and of what is on it. */
  states: ChainStateStore & Pick<HealthDeps, 'nearestDeadline' | 'beginAnew'> & { chainIds(): string[] }
  /** Something was put into the outbox. */
  committed: () => void
  /** The chain registry; left out: the npm package. */
  registry?: (chainId: string) => Promise<RegistryChain | null>
  /** Resolves the names in typed URLs; for tests. */
  resolve?: Resolve
}

export interface ChainsRoom {
  directory: Directory
  /** A pool for every chain of the directory. */
  pools: ReadonlyMap<string, ChainPool>
  health: HealthWatch
  commands: Command[]
  /**
   * Takes chains that are not known yet from the chain registry, for far ends. Returns those that are there now and
   * were not before; none where the configuration does not ask for it.
   */
  adopt(chainIds: readonly string[]): Promise<ChainSettings[]>
  /**
   * Asks which chain each entry is of which that is not known yet, and tells of what is not watched. Returns those that
   * are there now and were not before; null: nothing has changed since it was asked before.
   */
  decide(): Promise<ChainSettings[] | null>
  /** What is not as it seems, and goes on all the same. */
  doubts(): readonly Doubt[]
  close(): Promise<void>
}

/** Endpoints that were typed into a channel get less patience and smaller bodies than those of the configuration. */
export const TYPED_TIMEOUT_MS = 5000
export const TYPED_BODY_BYTES = 4 * 1024 * 1024

export function createChains(deps: ChainsDeps): ChainsRoom {
  const { settings, database, states, clock, logger } = deps
  const knownBlock = (chainId: string) => states.chain(chainId)?.block ?? null
  const store = chainStore(database)
  const pools = new Map<string, ChainPool>()
  const registry = deps.registry ?? registryChain
  /** Chain ids that the registry does not know, or knows no endpoint of. */
  const unknown = new Set<string>()

  const open = (chain: ChainSettings, more: Partial<PoolOptions> = {}): ChainPool => {
    const { chainId, rest, limits } = chain
    return createPool({ chainId, rest, limits, clock, logger, known: knownBlock(chainId), ...more })
  }
  const openTyped = (chain: ChainSettings, guard: AddressGuard) =>
    open(chain, { guard, resolve: deps.resolve, maxBodyBytes: TYPED_BODY_BYTES })

  const startedMs = clock.now()
  const wasRead = (chainId: string) => knownBlock(chainId) !== null
  /** As which chain one was read that is named by `word`, which may be the id of one of `ids`. */
  const before = (word: string, ids: readonly string[]): string | null =>
    store.meantBy(word) ?? ids.find(wasRead) ?? null
  const remember = ({ word, chainId }: ChainSettings) => {
    if (word !== undefined && store.meantBy(word) !== chainId) store.rememberWord(word, chainId)
  }
  const unwatched = settings.unwatched.map((one): Unwatched => {
    const { place, chainId, reason, mend } = one
    logger.error({ place, chainId, reason, mend }, 'a chain that is named is not watched')
    const known = before(chainId, [chainId])
    return known === null ? one : { ...one, settings: { ...one.settings, chainId: known }, isKnown: true }
  })
  const doubts: Doubt[] = []
  let undecided = settings.undecided.map((one) => {
    const { place, said } = one
    const reason = 'its endpoints are asked which chain they serve'
    const pending: Unwatched = {
      place,
      chainId: said.chainId,
      settings: said,
      reason,
      mend: 'wait',
      sinceMs: startedMs,
    }
    return { one, pending }
  })
  const directory = createDirectory(settings.chains, () => [
    ...unwatched,
    ...undecided.map(({ pending }) => pending),
  ])
  const noteDoubt = (one: Doubt) => {
    doubts.push(one)
    logger.warn({ ...one }, 'the configuration is not as it seems')
  }
  settings.doubts.forEach(noteDoubt)

  const policy = urlPolicy(settings)
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
    pools.set(chainId, openTyped(restored.chain, restored.guard))
    directory.add(restored.chain)
  }
  for (const chain of settings.chains) {
    remember(chain)
    pools.set(chain.chainId, open(chain))
  }
  for (const registered of store.all()) restore(registered)

  const reporting = {
    directory,
    database,
    alerts: deps.alerts,
    committed: deps.committed,
    route: ({ identity }: Pick<Message, 'identity'>) => {
      const of = readChainIdentity(identity)
      return chainDestinations(settings, directory, of && 'chainId' in of ? of.chainId : null)
    },
  }
  const { nearestDeadline, beginAnew, chainIds } = states
  const health = createHealthWatch({
    ...reporting,
    alertSettings: settings.alerts,
    store: states,
    endpointsOf: (chainId) => pools.get(chainId)?.endpoints() ?? [],
    nearestDeadline,
    beginAnew,
    clock,
  })
  const tellUnwatched = createUnwatchedTeller({ ...reporting, settings, chainIds, nearestDeadline })
  let isDecided = false

  return {
    directory,
    pools,
    health,
    commands: [
      registerChainCommand({
        directory,
        policy,
        store,
        clock,
        resolve: deps.resolve,
        open: (registered, guard) => openTyped(settingsOf(registered, settings), guard),
        keep(registered, pool) {
          store.save(registered)
          const before = pools.get(registered.chainId)
          pools.set(registered.chainId, pool)
          directory.add(settingsOf(registered, settings))
          void before?.close()
        },
      }),
    ],
    async adopt(chainIds) {
      if (settings.counterparties !== 'registry') return []
      const adopted: ChainSettings[] = []
      for (const chainId of new Set(chainIds)) {
        if (directory.get(chainId) || unknown.has(chainId)) continue
        const known = await registry(chainId)
        if (!known || known.chainId !== chainId || known.rest.length === 0 || known.status === 'killed') {
          unknown.add(chainId)
          continue
        }
        if (directory.get(chainId)) continue
        const chain = fromRegistry(known, settings)
        pools.set(chainId, open(chain))
        directory.add(chain)
        adopted.push(chain)
      }
      if (adopted.length > 0)
        logger.info({ chains: adopted.map(({ chainId }) => chainId) }, 'far ends from the chain registry')
      return adopted
    },
    async decide() {
      if (undecided.length === 0 && isDecided) return null
      const asked = undecided
      const found: ChainSettings[] = []
      const still: typeof undecided = []
      await Promise.all(
        asked.map(async ({ one }) => {
          const { said, registry } = one
          const decision = await decide(one, before(said.chainId, [said.chainId, registry.chainId]))
          if ('unwatched' in decision) {
            still.push({ one, pending: { ...decision.unwatched, sinceMs: startedMs } })
            return
          }
          const { chain, doubt } = decision
          if (doubt) noteDoubt(doubt)
          remember(chain)
          const pool = pools.get(chain.chainId)
          pools.set(chain.chainId, open(chain))
          directory.add(chain)
          void pool?.close()
          found.push(chain)
        }),
      )
      undecided = still
      tellUnwatched(clock.now())
      isDecided = true
      return found
    },
    doubts: () => doubts,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

export type RestoredChain =
  | { ok: true; chain: ChainSettings; guard: AddressGuard }
  | { ok: false; problem: string }

/**
 * A chain from the database as the bot watches it, with the guard of its connections. The configuration may allow less
 * than when the chain was added: then `problem` says what is against its URL, and it is left out.
 */
export function restoredChain(registered: RegisteredChain, settings: Settings): RestoredChain {
  const checked = checkUrl(registered.rest[0] ?? '', urlPolicy(settings))
  return checked.ok ? { ok: true, chain: settingsOf(registered, settings), guard: checked.guard } : checked
}

const urlPolicy = ({ chainsFromChannel }: Settings): UrlPolicy => ({
  allowLoopback: chainsFromChannel.allowHttpLoopback,
})

/** What chains have in common that nobody wrote into the configuration: for wallets and far ends only. */
const unwritten = ({ defaults }: Settings) => ({
  connections: 'none' as const,
  mine: [],
  ignoreClients: [],
  alerts: defaults.alerts,
  limits: defaults.limits,
  wallets: [],
})

function settingsOf(registered: RegisteredChain, settings: Settings): ChainSettings {
  const { chainId, name, rest, token, prefix } = registered
  const shared = unwritten(settings)
  const limits = { ...shared.limits, timeoutMs: Math.min(TYPED_TIMEOUT_MS, shared.limits.timeoutMs) }
  return {
    ...shared,
    limits,
    chainId,
    name,
    registryName: null,
    rest,
    token,
    prefix,
    daemonName: null,
    origin: 'channel',
  }
}

function fromRegistry(known: RegistryChain, settings: Settings): ChainSettings {
  const { chainId, name, registryName, rest, token, prefix, daemonName } = known
  return {
    ...unwritten(settings),
    chainId,
    name,
    registryName,
    rest,
    token,
    prefix,
    daemonName,
    origin: 'registry',
  }
}
