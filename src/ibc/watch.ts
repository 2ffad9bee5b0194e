// The watch over all chains: sweeps, the pulse in between, and every client read again when its threshold is due.
import { setMaxListeners } from 'node:events'
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainSettings } from '../config.ts'
import type { ChainPool, Head } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { explainStorage } from '../storage/database.ts'
import { createDueReader } from './due.ts'
import { createFarEnds } from './far-ends.ts'
import { createSecondLook } from './second-look.ts'
import type { Settler } from './settle.ts'
import type { Sights } from './sights.ts'
import type { ClientStore } from './store.ts'
import { sweepChain } from './sweep.ts'
import { sweepChains } from './sweep-all.ts'
import { createTasks } from './tasks.ts'

export interface WatchDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: ClientStore
  alerts: AlertStore
  settler: Settler
  sights: Sights
  /** Takes chains that are not known from the chain registry, where that is wanted; returns the new ones. */
  adopt: (chainIds: readonly string[]) => Promise<readonly ChainSettings[]>
  /** Called at the start and with every pulse: asks which chains those are of which that is not known yet; returns the new ones. */
  decide: () => Promise<readonly ChainSettings[]>
  clock: Clock
  logger: Logger
  /** A sweep of a chain that can be read begins. */
  sweepBegins: (chainId: string) => void
}

/** The last sweep of a chain, for `$status`. */
export interface SweepNote {
  startedMs: number
  finishedMs: number | null
  clients: number
  unreadable: number
  requests: number
  gaps: string[]
  error: string | null
}

export interface Watch {
  /** Sweeps every chain, each by itself; resolves when all are done. A chain that is still being swept is left. */
  sweepAll(): Promise<void>
  /** Looks at every chain's newest block, and reads again what is due. Called by the watch's own timer. */
  tick(): Promise<void>
  start(): void
  /** Resolves when nothing is under way: no sweep, no pulse, nothing that is due being read. */
  idle(): Promise<void>
  /** Stops what is under way; what was read so far is written. */
  stop(): Promise<void>
  lastSweep(chainId: string): SweepNote | null
}

/** How often the watch looks for what is due: half of the 30 s within which a due client is read again. */
const TICK_MS = 15_000
const PULSE_MS = MINUTE_MS

export function createWatch(deps: WatchDeps): Watch {
  const { directory, pools, store, settler, sights, clock, logger } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  // Each request under way listens to it.
  setMaxListeners(0, signal)
  const sweeping = new Map<string, Promise<void>>()
  const notes = new Map<string, SweepNote>()
  const farEnds = createFarEnds()
  /** Chains whose last survey found all lists. */
  const surveyedWhole = new Set<string>()
  /** Client types that a chain allowed at its last survey. */
  const allowedOf = new Map<string, readonly string[] | null>()
  /** Chains whose last sweep failed: they are swept again as soon as they can be read. */
  const failed = new Set<string>()
  let pulsedMs = 0
  let prunedMs = 0
  /** Chains that are named, not watched, and known from before; null: the far ends are not recalled yet. */
  let recalled: readonly string[] | null = null
  const { alone, running } = createTasks(logger, signal)
  let cancelTimer = () => {}

  const look = createSecondLook({
    pools,
    settler,
    clock,
    signal,
    allowedClients: (chainId) => allowedOf.get(chainId) ?? null,
  })
  /** Clients that were read by themselves while their chain is being swept: what the sweep has of them is older. */
  const readSince = new Map<string, Set<string>>()

  const readDue = createDueReader({
    ...deps,
    look,
    signal,
    alone,
    wereRead(chainId, clientIds) {
      for (const clientId of clientIds) readSince.get(chainId)?.add(clientId)
    },
  })

  const report = (error: unknown, what: string, chainId?: string) =>
    logger.error({ err: error, chainId }, explainStorage(error) ?? `${what}: this is a bug`)

  const sweep = (chain: ChainSettings, onSurvey: () => void = () => {}): Promise<void> => {
    const under = sweeping.get(chain.chainId)
    if (under) return under
    // Nothing of it was committed where it failed, so nothing is lost: the next sweep finds the same and tells it.
    const work = sweepNow(chain, onSurvey)
      .catch((error) => report(error, 'a sweep failed', chain.chainId))
      // What came of it is told whatever it was: one that ends in a bug each time must not be silent.
      .then(() => (signal.aborted ? undefined : sights.tell(chain)))
      .catch((error) => report(error, 'a chain could not be told of', chain.chainId))
      .finally(() => sweeping.delete(chain.chainId))
    sweeping.set(chain.chainId, work)
    return work
  }

  const sweepNow = async (chain: ChainSettings, onSurvey: () => void): Promise<void> => {
    const { chainId } = chain
    const pool = pools.get(chainId)!
    const requestsBefore = pool.requests
    const note: SweepNote = {
      startedMs: clock.now(),
      finishedMs: null,
      clients: 0,
      unreadable: 0,
      requests: 0,
      gaps: [],
      error: null,
    }
    notes.set(chainId, note)
    const since = new Set<string>()
    readSince.set(chainId, since)
    const watched = new Set<string>()
    let headSeen = false
    try {
      const head = await pool.head({ signal })
      sights.headSeen(chain, head)
      headSeen = true
      deps.sweepBegins(chainId)
      const quietLook = store.chain(chainId)?.firstLookMs === null
      const result = await sweepChain({
        pool,
        chain,
        head,
        knowledge: store.knowledge(chainId),
        nowMs: () => clock.now(),
        wanted: farEnds.wantedOf(chain),
        signal,
        onSurvey(found) {
          allowedOf.set(chainId, found.allowedClients)
          farEnds.surveyed(chain, found.subjects)
          for (const { clientId } of found.subjects) watched.add(clientId)
          if (found.gaps.length === 0) surveyedWhole.add(chainId)
          else surveyedWhole.delete(chainId)
          onSurvey()
        },
        async onSeen(seen) {
          const sure = await look.confirmed(chain, seen)
          const fresh = sure.filter(({ clientId }) => !since.has(clientId))
          settler.settle(chain, fresh, clock.now(), { quietLook })
        },
      })
      // Clients do not vanish from a chain, unless it starts again; but which are watched may be another choice now.
      const from = chain.connections === 'all' ? store.notReadAnew(chainId) : undefined
      if (result.whole && (from || namesAreWhole(chain))) settler.unwatch(chain, watched, clock.now(), from)
      if (quietLook) settler.finishFirstLook(chain, clock.now())
      Object.assign(note, { clients: result.clients, unreadable: result.unreadable, gaps: result.gaps })
      if (result.cut === null) store.chainSeen(chainId, 'unread')
      else sights.unseen(chain, result.cut, 'unread')
      failed.delete(chainId)
    } catch (error) {
      if (signal.aborted) return
      const storage = explainStorage(error)
      note.error = storage ?? messageOf(error)
      failed.add(chainId)
      // A database that cannot be written says nothing about the chain. One whose head was read is not blind.
      if (storage === null) sights.unseen(chain, note.error, headSeen ? 'unread' : 'unseen')
      if (!(error instanceof UpstreamError)) throw error
    } finally {
      readSince.delete(chainId)
      note.finishedMs = clock.now()
      note.requests = pool.requests - requestsBefore
      logger.info({ chainId, ...note }, 'swept')
    }
  }

  /** After a start: the far ends are known although the chain that names them may not be readable now. */
  const recallFarEnds = () => {
    try {
      recalled = farEnds.recall(directory.all(), store, directory.isGone)
    } catch (error) {
      report(error, 'far ends could not be recalled')
    }
  }

  const sweepAll = async (): Promise<void> => {
    if (!recalled) recallFarEnds()
    await sweepChains(directory.all(), farEnds, sweep, clock)
    await alone('adopt far ends', async () => {
      const missing = signal.aborted ? [] : farEnds.missing((chainId) => directory.get(chainId) !== null)
      const adopted = await deps.adopt(missing)
      if (adopted.length > 0) await sweepChains(adopted, farEnds, sweep, clock)
    })
    if (clock.now() - prunedMs < DAY_MS) return
    prunedMs = clock.now()
    await alone('prune', async () => store.prune(clock.now()))
  }

  /** Looks at the newest block of every chain; one that can be read again, or has started again, is swept. */
  const pulse = (): Promise<unknown>[] => {
    pulsedMs = clock.now()
    return directory.all().map((chain) =>
      alone(`pulse ${chain.chainId}`, async () => {
        if (sweeping.has(chain.chainId)) return
        const unseenBefore = Boolean(store.chain(chain.chainId)?.unseen)
        const head = await headOf(chain)
        // Never looked at, or forgotten: it has started again.
        const isNew = store.chain(chain.chainId)?.firstLookMs === null
        // The sweep tells when it is done, and knows more.
        if (head && (unseenBefore || isNew || failed.has(chain.chainId))) void sweep(chain)
        else sights.tell(chain)
      }),
    )
  }

  const headOf = async (chain: ChainSettings): Promise<Head | null> => {
    let head: Head
    try {
      head = await pools.get(chain.chainId)!.head({ signal })
    } catch (error) {
      if (!signal.aborted) sights.unseen(chain, messageOf(error))
      return null
    }
    sights.headSeen(chain, head)
    // Of a chain without clients to sweep there is nothing more to read.
    if (recalled && isEmpty(chain)) {
      if (namesAreWhole(chain)) settler.unwatch(chain, new Set(), clock.now())
      store.chainSeen(chain.chainId, 'unread')
    }
    return head
  }

  /** Whether what is wanted of a far-end chain is all that the others name: they could be read whole. */
  const namesAreWhole = ({ connections }: ChainSettings) =>
    connections !== 'none' ||
    (directory.all().every((one) => one.connections === 'none' || surveyedWhole.has(one.chainId)) &&
      (recalled ?? []).every((chainId) => directory.get(chainId) !== null || directory.isGone(chainId)))

  const isEmpty = (chain: ChainSettings) =>
    chain.connections === 'none' && chain.mine.length === 0 && farEnds.wantedOf(chain).length === 0

  /** Those of which it becomes known which chains they are, are swept at once. */
  const decide = () =>
    alone('decide which chains are named', async () => {
      const found = await deps.decide()
      farEnds.recall(found, store, () => true)
      await sweepChains(found, farEnds, sweep, clock)
    })

  const tick = async (): Promise<void> => {
    // Either way: a clock that was set back must not stop the looks.
    const pulses = Math.abs(clock.now() - pulsedMs) >= PULSE_MS ? [decide(), ...pulse()] : []
    let due: Promise<unknown>[] = []
    await alone('look for what is due', async () => {
      due = readDue()
    })
    await Promise.all([...pulses, ...due])
  }

  const idle = async (): Promise<void> => {
    const under = () => [...sweeping.values(), ...running()]
    while (under().length > 0) await Promise.allSettled(under())
  }

  const arm = () => {
    if (signal.aborted) return
    cancelTimer = clock.at(clock.now() + TICK_MS, () => {
      void tick()
      arm()
    })
  }

  return {
    sweepAll,
    tick,
    start() {
      void decide()
      pulsedMs = clock.now()
      arm()
    },
    idle,
    async stop() {
      stopping.abort()
      cancelTimer()
      await idle()
    },
    lastSweep: (chainId) => notes.get(chainId) ?? null,
  }
}
