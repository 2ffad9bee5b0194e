// What is known of how the chains can be seen, and telling it: blind, halted, started again, or no network at all.
import { createReports, type Report, type ReportDeps, seen } from '../../alerts/report.ts'
import type { Message, Notice } from '../../alerts/types.ts'
import {
  CHAIN_MATTERS,
  type ChainMatter,
  chainIdentity,
  NETWORK_IDENTITY,
  restartIdentity,
} from '../../clients/identity.ts'
import { type ClientRow, clientsReadMs } from '../../clients/rows.ts'
import type { ClientStore } from '../../clients/store.ts'
import type { ChainSettings, Settings } from '../../config/index.ts'
import { canBeOneChain } from '../../cosmos/endpoint-health.ts'
import type { Head } from '../../cosmos/types.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { nsToMs } from '../../kernel/nanotime.ts'
import type { Directory } from '../directory.ts'
import { observeSight, type Sight } from './observe.ts'

/** What words about a chain need besides the notice. */
export interface ChainSight {
  chain: ChainSettings
  sight: Sight
  /** The client of the nearest known deadline there. */
  nearest: ClientRow | null
  /** When its clients were last read, Unix ms; null: never. */
  readMs: number | null
  lastBlock: { height: bigint; timeNs: bigint } | null
}

export interface SightWords {
  chain(kind: ChainMatter, notice: Notice, about: ChainSight, nowMs: number): Message
  network(notice: Notice, all: readonly ChainSight[], nowMs: number): Message
  restarted(
    chain: ChainSettings,
    notice: Notice,
    heights: { from: bigint; to: bigint },
    nowMs: number,
  ): Message
}

export interface SightsDeps extends ReportDeps {
  settings: Settings
  directory: Directory
  store: ClientStore
  words: SightWords
  clock: Clock
}

export interface Sights {
  /** A chain's newest block was read. Drops what is known of a chain that has started again, and tells it. */
  headSeen(chain: ChainSettings, head: Head): void
  /** A chain could not be read; or (`unread`) it could, and not its clients. */
  unseen(chain: ChainSettings, cause: string, what?: 'unseen' | 'unread'): void
  /** How a chain can be seen now; null for one that is not in the directory. */
  of(chainId: string): ChainSight | null
  /**
   * Tells what is due to be told of how a chain can be seen, after it was looked at: what was found at the look before
   * is no word about now.
   */
  tell(chain: ChainSettings): void
}

/** When the network comes back, chains can be read again one after the other: the slower ones are no news. */
const HOPE_MS = MINUTE_MS

export function createSights(deps: SightsDeps): Sights {
  const { settings, directory, store, alerts, words, clock } = deps
  /** Newest block time, Unix ms, of the chains that make no blocks. */
  const halted = new Map<string, number>()
  /** When each chain last could not be read, Unix ms. */
  const failedMs = new Map<string, number>()
  /** Since when a chain may be readable again: the start of the process, or the last moment without any network. */
  let hopeSinceMs = clock.now()

  const commit = createReports(deps)
  /** What is about no chain in particular is reminded of as seldom as any chain wants. */
  const longestReminder = () => ({
    remindEveryMs: Math.max(...directory.all().map((one) => one.alerts.remindEveryMs)),
  })

  const restarted = (chain: ChainSettings, head: Head, from: bigint) => {
    const nowMs = clock.now()
    commit(nowMs, (report) => {
      // Its clients are read anew, and alerts about them go on: what is lost by then is no old story.
      store.beginAnew(chain.chainId, nowMs)
      report(restartIdentity(chain.chainId), seen('halted'), chain.alerts, (notice) =>
        words.restarted(chain, notice, { from, to: head.height }, nowMs),
      )
    })
  }

  /** A chain that started again is no news any more once it was read whole. */
  const reportReadAnew = (chain: ChainSettings, report: Report) => {
    const identity = restartIdentity(chain.chainId)
    const state = alerts.loadState(identity)
    const row = store.chain(chain.chainId)
    if (!state || state.alertId === null || !row?.block || row.firstLookMs === null) return
    const { height } = row.block
    const inWords = (notice: Notice) =>
      words.restarted(chain, notice, { from: height, to: height }, clock.now())
    report(identity, seen('ok', { mention: false }), chain.alerts, inWords, state)
  }

  const sightOf = (chain: ChainSettings): ChainSight => {
    const row = store.chain(chain.chainId)
    const haltedSinceMs = halted.get(chain.chainId) ?? null
    const troubled = Boolean(row?.unseen || row?.unread) || haltedSinceMs !== null
    const { about } = chain.alerts
    const nearest = troubled ? store.nearestDeadline(chain.chainId, about, clock.now()) : null
    return {
      chain,
      nearest,
      readMs: row && clientsReadMs(row),
      lastBlock: row?.block ?? null,
      sight: {
        chainId: chain.chainId,
        unseenSinceMs: row?.unseen?.sinceMs ?? null,
        unreadSinceMs: row?.unread?.sinceMs ?? null,
        failedMs: failedMs.get(chain.chainId) ?? 0,
        failedAgain: (failedMs.get(chain.chainId) ?? 0) - hopeSinceMs >= HOPE_MS,
        haltedSinceMs,
        nearestDeadlineMs: nearest?.expiresNs ? nsToMs(nearest.expiresNs) : null,
      },
    }
  }

  return {
    of(chainId) {
      const chain = directory.get(chainId)
      return chain ? sightOf(chain) : null
    },
    headSeen(chain, head) {
      // The pool tells a new start once, perhaps to a reader of a single client, or to one who could not write it down.
      const known = store.chain(chain.chainId)?.block
      const isAnother = known && head.timeNs > known.timeNs && !canBeOneChain(head, known)
      const from = head.restartedFrom ?? (isAnother ? known.height : null)
      if (from !== null) restarted(chain, head, from)
      if (head.halted) halted.set(chain.chainId, nsToMs(head.timeNs))
      else halted.delete(chain.chainId)
      store.saveHead(chain.chainId, head, clock.now())
      // A chain whose newest block is read is not blind, whatever becomes of its clients.
      store.chainSeen(chain.chainId, 'unseen')
    },
    unseen(chain, cause, what = 'unseen') {
      // A clock that was set back must not put hope off for as long as it had been ahead.
      hopeSinceMs = Math.min(hopeSinceMs, clock.now())
      if (what === 'unseen') failedMs.set(chain.chainId, clock.now())
      store.chainUnseen(chain.chainId, what, cause, clock.now())
    },
    tell(chain) {
      // A chain that the registry gave is a far end that nobody asked for by name: it is not told of.
      const named = directory.all().filter(({ origin }) => origin !== 'registry')
      const sights = named.map(sightOf)
      const nowMs = clock.now()
      const observed = observeSight(
        sights.map(({ sight }) => sight),
        settings.alerts,
        nowMs,
      )
      if (sights.length > 1 && sights.every(({ sight }) => sight.unseenSinceMs !== null))
        hopeSinceMs = clock.now()
      commit(nowMs, (report) => {
        const about = sights.find((one) => one.chain.chainId === chain.chainId)
        if (about) reportReadAnew(chain, report)
        for (const kind of about ? CHAIN_MATTERS : []) {
          const identity = chainIdentity(kind, chain.chainId)
          const state = alerts.loadState(identity)
          const matter = observed.chains.get(chain.chainId)![kind]
          if (!state && matter.level === 'ok') continue
          report(identity, matter, chain.alerts, (notice) => words.chain(kind, notice, about!, nowMs), state)
        }
        const state = alerts.loadState(NETWORK_IDENTITY)
        if (!state && observed.network.level === 'ok') return
        const inWords = (notice: Notice) => words.network(notice, sights, nowMs)
        report(NETWORK_IDENTITY, observed.network, longestReminder(), inWords, state)
      })
    },
  }
}
