// Sweeps a chain with everything that belongs to it: its head before, what was seen settled, how it went told after.

import type { ChainSettings } from '../chains/settings.ts'
import { FRESH_NS } from '../cosmos/endpoint-health.ts'
import { patiently } from '../cosmos/types.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { explainStorage, logBug } from '../storage/explain.ts'
import type { SweepNote } from './chain-state.ts'
import type { FarEnds } from './far-ends.ts'
import type { SecondLook } from './second-look.ts'
import type { Survey } from './survey.ts'
import { type SweepResult, sweepChain } from './sweep.ts'
import { isReading } from './types.ts'
import type { Wanted } from './wanted.ts'
import type { WatchParts } from './watch-deps.ts'

/**
 * Sweeps one chain; the sweep that is under way where there is one. Never rejects. `onSurvey`: its far ends are known;
 * what it gives is waited for.
 */
export type SweepOne = (chain: ChainSettings, onSurvey?: () => unknown) => Promise<void>

export function createSweeper(
  deps: WatchParts & { farEnds: FarEnds; look: SecondLook; wanted: Pick<Wanted, 'namesAreWhole'> },
): SweepOne {
  const { states, store, settler, health, clock, logger, signal } = deps

  /** Reads all clients, and settles them. @throws what the chain, the database or a bug throws */
  const readAll = async (chain: ChainSettings, note: SweepNote, progress: Progress): Promise<void> => {
    const { chainId } = chain
    const state = states.of(chainId)
    const pool = patiently(deps.pools.get(chainId)!)
    const lookAtHead = async () => {
      progress.headSeen = false
      const head = await pool.head({ signal })
      health.headSeen(chain, head)
      progress.headSeen = true
      return head
    }
    const head = await lookAtHead()
    deps.sweepBegins(chainId)
    const quietLook = store.chain(chainId)?.firstLookMs === null
    const watched = new Set<string>()
    let isUnproven = false
    const result = await sweepChain({
      pool,
      chain,
      head,
      knowledge: store.knowledge(chainId),
      nowMs: () => clock.now(),
      wanted: deps.farEnds.wantedOf(chain),
      signal,
      async onSurvey(found) {
        surveyed(chain, found)
        for (const { clientId } of found.subjects) watched.add(clientId)
        await progress.onSurvey()
        deps.farEnds.markMine(chain, found.subjects)
      },
      async onSeen(seen) {
        isUnproven ||= seen.some(({ reading }) => !isReading(reading) && reading.unproven)
        const sure = await deps.look.confirmed(chain, seen)
        const fresh = sure.filter(({ clientId }) => !state.readSince.has(clientId))
        settler.settle(chain, fresh, clock.now(), { quietLook })
      },
    })
    // The answers of the sweep are evidence as well: one of them may have come from a later block.
    if (head.halted) await lookAtHead()
    finish(chain, result, watched, quietLook)
    // A second look tells after a minute and a block; where blocks are seldom it comes with the next sweep.
    const isToldSoon = isUnproven && !head.halted && head.patienceNs === FRESH_NS
    state.isSweptSoon = isToldSoon || result.stopped
    const { clients, unreadable, gaps } = result
    Object.assign(note, { clients, unreadable, gaps })
  }

  const surveyed = (chain: ChainSettings, found: Survey): void => {
    const state = states.of(chain.chainId)
    state.allowedClients = found.allowedClients
    state.surveyedWhole = found.gaps.length === 0
    deps.farEnds.surveyed(chain, found.subjects)
  }

  const finish = (chain: ChainSettings, result: SweepResult, watched: Set<string>, quietLook: boolean) => {
    const { chainId } = chain
    // Clients do not vanish from a chain, unless it starts again; but which are watched may be another choice now.
    const from = chain.connections === 'all' ? store.notReadAnew(chainId) : undefined
    if (result.whole && (from || deps.wanted.namesAreWhole(chain)))
      settler.unwatch(chain, watched, clock.now(), from)
    if (quietLook) settler.finishFirstLook(chain, clock.now())
    if (result.cut === null) store.chainSeen(chainId, 'unread')
    else health.unseen(chain, result.cut, 'unread')
  }

  const sweepNow = async (chain: ChainSettings, onSurvey: () => unknown): Promise<void> => {
    const { chainId } = chain
    const state = states.of(chainId)
    const pool = deps.pools.get(chainId)!
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
    state.lastSweep = note
    state.readSince.clear()
    const progress: Progress = { headSeen: false, onSurvey }
    try {
      await readAll(chain, note, progress)
    } catch (error) {
      if (signal.aborted) return
      const storage = explainStorage(error)
      note.error = storage ?? messageOf(error)
      state.isSweptSoon = true
      // A database that cannot be written says nothing about the chain. One whose head was read is not blind.
      if (storage === null) health.unseen(chain, note.error, progress.headSeen ? 'unread' : 'unseen')
      if (!(error instanceof UpstreamError)) throw error
    } finally {
      note.finishedMs = clock.now()
      note.requests = pool.requests - requestsBefore
      logger.info({ chainId, ...note }, signal.aborted ? 'a sweep was broken off' : 'swept')
    }
  }

  return (chain, onSurvey = () => {}) => {
    const state = states.of(chain.chainId)
    // Nothing of it was committed where it failed, so nothing is lost: the next sweep finds the same and tells it.
    state.sweep ??= sweepNow(chain, onSurvey)
      .catch((error) => logBug(logger, error, 'a sweep failed', { chainId: chain.chainId }))
      // What came of it is told whatever it was: one that ends in a bug each time must not be silent.
      .then(() => (signal.aborted ? undefined : health.tell(chain)))
      .catch((error) => logBug(logger, error, 'a chain could not be told of', { chainId: chain.chainId }))
      .finally(() => {
        state.sweep = null
      })
    return state.sweep
  }
}

interface Progress {
  /** The chain's newest block was read. */
  headSeen: boolean
  onSurvey: () => unknown
}
