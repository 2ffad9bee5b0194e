// The watch over all chains: sweeps, the pulse in between, and every client read again when its threshold is due.
import { setMaxListeners } from 'node:events'
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainSettings } from '../config.ts'
import type { ChainPool, Head } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { explainStorage } from '../storage/database.ts'
import { dueClients } from './due.ts'
import { createFarEnds } from './far-ends.ts'
import { readAnew } from './read.ts'
import type { ClientRow } from './rows.ts'
import { fresher, type Settler } from './settle.ts'
import type { Sights } from './sights.ts'
import type { ClientStore } from './store.ts'
import { sweepChain } from './sweep.ts'
import { sweepChains } from './sweep-all.ts'
import { createTasks } from './tasks.ts'
import { isAbout, isReading, type Seen } from './types.ts'

export interface WatchDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: ClientStore
  alerts: AlertStore
  settler: Settler
  sights: Sights
  /** Takes chains that are not known from the chain registry, where that is wanted; returns the new ones. */
  adopt: (chainIds: readonly string[]) => Promise<readonly ChainSettings[]>
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
/** A deadline has passed for the host only when it makes its next block. */
const BLOCK_GRACE_MS = 8_000
const HISTORY_KEPT_MS = 90 * 24 * HOUR_MS

export function createWatch(deps: WatchDeps): Watch {
  const { directory, pools, store, settler, sights, clock, logger } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  // Each request under way listens to it.
  setMaxListeners(0, signal)
  const sweeping = new Map<string, Promise<void>>()
  const notes = new Map<string, SweepNote>()
  const farEnds = createFarEnds()
  /** Client types that a chain allowed at its last survey. */
  const allowedOf = new Map<string, readonly string[] | null>()
  const retryAt = new Map<string, { atMs: number; waitMs: number }>()
  let pulsedMs = 0
  const { alone, running } = createTasks(logger, signal)
  let cancelTimer = () => {}

  /** Reads once more, from another endpoint, the clients about which somebody would be called. */
  const confirmed = async (chain: ChainSettings, seen: Seen[]): Promise<Seen[]> => {
    const called = settler.wouldCall(chain, seen, clock.now())
    if (called.length === 0) return seen
    const again = new Map(
      await Promise.all(
        called.map(async (one) => {
          const second = await readOne(
            chain,
            one.clientId,
            isReading(one.reading) ? one.reading.endpoint : '',
          )
          return [one.clientId, second] as const
        }),
      ),
    )
    return seen.map((one) => {
      const second = again.get(one.clientId)
      if (!second || !isReading(second) || !isReading(one.reading)) return one
      return { ...one, reading: fresher(one.reading, second) }
    })
  }

  const readOne = (chain: ChainSettings, clientId: string, avoid: string) =>
    readAnew(
      clientId,
      {
        pool: pools.get(chain.chainId)!,
        allowedClients: allowedOf.get(chain.chainId) ?? null,
        nowMs: () => clock.now(),
      },
      { avoid: avoid || undefined, signal },
    )

  const sweep = (chain: ChainSettings, onSurvey: () => void = () => {}): Promise<void> => {
    const under = sweeping.get(chain.chainId)
    if (under) return under
    const work = sweepNow(chain, onSurvey)
      .catch((error) => {
        // Nothing of it was committed, so nothing is lost: the next sweep finds the same and tells it.
        logger.error(
          { err: error, chainId: chain.chainId },
          explainStorage(error) ?? 'a sweep failed: this is a bug',
        )
      })
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
    try {
      const head = await pool.head({ signal })
      sights.headSeen(chain, head)
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
          farEnds.surveyed(chainId, found)
          onSurvey()
        },
        async onSeen(seen) {
          settler.settle(chain, await confirmed(chain, seen), clock.now(), { quietLook })
        },
      })
      if (quietLook) settler.finishFirstLook(chain, clock.now())
      Object.assign(note, { clients: result.clients, unreadable: result.unreadable, gaps: result.gaps })
      store.chainSeen(chainId)
      retryAt.delete(chainId)
    } catch (error) {
      if (signal.aborted) return
      const storage = explainStorage(error)
      note.error = storage ?? messageOf(error)
      const waitMs = Math.min(10 * MINUTE_MS, (retryAt.get(chainId)?.waitMs ?? MINUTE_MS / 2) * 2)
      retryAt.set(chainId, { atMs: clock.now() + waitMs, waitMs })
      // A database that cannot be written says nothing about the chain.
      if (storage === null) sights.unseen(chain, note.error)
      if (!(error instanceof UpstreamError)) throw error
    } finally {
      note.finishedMs = clock.now()
      note.requests = pool.requests - requestsBefore
      logger.info({ chainId, ...note }, 'swept')
    }
    sights.tell()
  }

  const sweepAll = async (): Promise<void> => {
    await sweepChains(directory.all(), farEnds, sweep, clock)
    const missing = signal.aborted ? [] : farEnds.missing((chainId) => directory.get(chainId) !== null)
    const adopted = await deps.adopt(missing)
    if (adopted.length > 0) await sweepChains(adopted, farEnds, sweep, clock)
    await alone('prune', async () => store.prune(clock.now() - HISTORY_KEPT_MS))
  }

  /** Looks at the newest block of every chain; one that can be read again, or has started again, is swept. */
  const pulse = (): Promise<unknown>[] => {
    pulsedMs = clock.now()
    return directory.all().map((chain) =>
      alone(`pulse ${chain.chainId}`, async () => {
        if (sweeping.has(chain.chainId)) return
        const unseenBefore = Boolean(store.chain(chain.chainId)?.unseen)
        const head = await headOf(chain)
        const retry = retryAt.get(chain.chainId)
        // Never looked at, or forgotten: it has started again.
        const isNew = store.chain(chain.chainId)?.firstLookMs === null
        if (head && (retry ? retry.atMs <= clock.now() : unseenBefore || isNew)) void sweep(chain)
        sights.tell()
      }),
    )
  }

  const headOf = async (chain: ChainSettings): Promise<Head | null> => {
    try {
      const head = await pools.get(chain.chainId)!.head({ signal })
      sights.headSeen(chain, head)
      // A chain without clients to sweep is seen when its block is.
      if (chain.connections === 'none' && farEnds.wantedOf(chain).length === 0) store.chainSeen(chain.chainId)
      return head
    } catch (error) {
      if (!signal.aborted) sights.unseen(chain, messageOf(error))
      return null
    }
  }

  /** Reads again what is due, each chain by itself. */
  const readDue = (): Promise<unknown>[] => {
    const nowMs = clock.now()
    return [...dueClients(deps, nowMs)].map(([chainId, rows]) =>
      alone(`due ${chainId}`, () => readDueOf(chainId, rows, nowMs)),
    )
  }

  const readDueOf = async (chainId: string, rows: ClientRow[], nowMs: number): Promise<void> => {
    const chain = directory.get(chainId)
    if (!chain) return
    const about = rows.filter((row) => !row.ignored && isAbout(row.attention, chain.alerts.about))
    // The rest waits for the next sweep; its severity goes on by the clock.
    settler.goOn(
      chain,
      rows.filter((row) => !about.includes(row)),
      nowMs,
    )
    const expiring = (row: ClientRow) => row.expiresNs !== null && nowMs >= nsToMs(row.expiresNs)
    const ready = about.filter((row) => !expiring(row) || nowMs - nsToMs(row.expiresNs!) >= BLOCK_GRACE_MS)
    const seen = await Promise.all(
      ready.map(async (row): Promise<Seen> => {
        const { clientId, clientType, connectionIds, openChannels, farEnds, attention, ignored } = row
        const reading = await readOne(chain, clientId, row.endpoint ?? '')
        return { clientId, clientType, connectionIds, openChannels, farEnds, attention, ignored, reading }
      }),
    )
    if (signal.aborted) return
    const read = seen.filter(({ reading }) => isReading(reading))
    settler.settle(chain, read, clock.now())
    const blind = new Set(seen.filter((one) => !read.includes(one)).map(({ clientId }) => clientId))
    settler.goOn(
      chain,
      ready.filter(({ clientId }) => blind.has(clientId)),
      clock.now(),
    )
  }

  const tick = async (): Promise<void> => {
    const pulses = clock.now() - pulsedMs >= PULSE_MS ? pulse() : []
    await Promise.all([...pulses, ...readDue()])
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
