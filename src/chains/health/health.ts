// What is known of how the chains can be seen, and telling it: blind, halted, started again, or no network at all.
import { NO_REMINDERS } from '../../alerts/life.ts'
import { asLastSeen, createReports, type Report, type ReportDeps, seen } from '../../alerts/report.ts'
import type { Notice } from '../../alerts/types.ts'
import { canBeOneChain } from '../../cosmos/endpoint-health.ts'
import type { EndpointStatus, Head } from '../../cosmos/types.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { nsToMs } from '../../kernel/nanotime.ts'
import type { Directory } from '../directory.ts'
import { createHeadLog, type HeadLog } from '../head-log.ts'
import { CHAIN_MATTERS, chainIdentity, NETWORK_IDENTITY, restartIdentity } from '../identity.ts'
import type { ChainSettings } from '../settings.ts'
import { type ChainStateStore, clientsReadMs } from '../state-store.ts'
import { chainMessage, networkMessage, restartedMessage } from './messages.ts'
import { type BlindPolicy, type ChainHealth, observeHealth, type Urgency } from './observe.ts'

export interface HealthDeps extends ReportDeps {
  alertSettings: BlindPolicy
  directory: Directory
  store: ChainStateStore
  /** What is known of each endpoint of a chain. */
  endpointsOf: (chainId: string) => readonly EndpointStatus[]
  /** The known deadline on a chain nearest to `nowMs` (Unix ms), passed or to come, of what alerts are about there. */
  urgencyOf: (chain: ChainSettings, nowMs: number) => Urgency
  /** A chain has started again: what was known of what it holds is dropped, in the transaction that tells so. */
  beginAnew: (chainId: string, nowMs: number) => void
  clock: Clock
}

export interface HealthWatch {
  /** The last block of a chain from before `ns` (Unix nanoseconds) that was seen; null: none was. */
  blockBefore: HeadLog['before']
  /** A chain's newest block was read. Drops what is known of a chain that has started again, and tells it. */
  headSeen(chain: ChainSettings, head: Head): void
  /** A chain could not be read; or (`unread`) it could, and not its clients. */
  unseen(chain: ChainSettings, cause: string, what?: 'unseen' | 'unread'): void
  /** How a chain can be seen now; null for one that is not in the directory. */
  of(chainId: string): ChainHealth | null
  /**
   * Tells what is due to be told of how a chain can be seen, after it was looked at: what was found at the look before
   * is no word about now.
   */
  tell(chain: ChainSettings): void
}

/** When the network comes back, chains can be read again one after the other: the slower ones are no news. */
const HOPE_MS = MINUTE_MS

export function createHealthWatch(deps: HealthDeps): HealthWatch {
  const { alertSettings, directory, store, alerts, clock } = deps
  /** Of the chains that make no blocks: newest block time, Unix ms, and whether two looks saw them stand. */
  const halted = new Map<string, { sinceMs: number; stands: boolean }>()
  /** When each chain last could not be read, Unix ms. */
  const failedMs = new Map<string, number>()
  /** Since when a chain may be readable again: the start of the process, or the last moment without any network. */
  let hopeSinceMs = clock.now()

  const heads = createHeadLog()
  const commit = createReports(deps)
  const aboutOf = ({ chainId }: ChainSettings, nowMs: number) => ({
    chainName: directory.label(chainId),
    endpoints: deps.endpointsOf(chainId),
    nowMs,
  })
  /** What is about no chain in particular is reminded of as seldom as any chain wants. */
  const longestReminderMs = () => Math.max(...directory.all().map((one) => one.alerts.remindEveryMs))

  const restarted = (chain: ChainSettings, to: bigint, from: bigint) => {
    const { chainId } = chain
    const nowMs = clock.now()
    commit(nowMs, (report) => {
      // Its clients are read anew, and alerts about them go on: what is lost by then is no old story.
      deps.beginAnew(chainId, nowMs)
      report(restartIdentity(chainId), seen('halted'), chain.alerts, (notice) =>
        restartedMessage(chainId, notice, { from, to }, aboutOf(chain, nowMs)),
      )
    })
  }

  /** A chain that started again is no news any more once it was read whole. */
  const reportReadAnew = (chain: ChainSettings, report: Report, nowMs: number) => {
    const identity = restartIdentity(chain.chainId)
    const state = alerts.loadState(identity)
    const row = store.chain(chain.chainId)
    if (!state || state.alertId === null) return
    const isRead = row?.block && row.firstLookMs !== null
    const now = isRead ? seen('ok', { mention: false }) : asLastSeen(state)
    const inWords = (notice: Notice) => restartedMessage(chain.chainId, notice, null, aboutOf(chain, nowMs))
    report(identity, now, NO_REMINDERS, inWords, state)
  }

  const healthOf = (chain: ChainSettings): ChainHealth => {
    const { chainId } = chain
    const row = store.chain(chainId)
    const haltedSinceMs = halted.get(chainId)?.sinceMs ?? null
    const failed = failedMs.get(chainId) ?? 0
    const isTroubled = Boolean(row?.unseen || row?.unread) || haltedSinceMs !== null
    return {
      chainId,
      unseenSinceMs: row?.unseen?.sinceMs ?? null,
      unreadSinceMs: row?.unread?.sinceMs ?? null,
      unreadCause: row?.unread?.cause ?? null,
      failedMs: failed,
      failedAgain: failed - hopeSinceMs >= HOPE_MS,
      haltedSinceMs,
      ...(isTroubled ? deps.urgencyOf(chain, clock.now()) : { nearest: null, callingMs: [] }),
      lastBlock: row?.block ?? null,
      readMs: row && clientsReadMs(row),
    }
  }

  return {
    blockBefore: heads.before,
    of(chainId) {
      const chain = directory.get(chainId)
      return chain ? healthOf(chain) : null
    },
    headSeen(chain, head) {
      // The pool tells a new start once, perhaps to a reader of a single client, or to one who could not write it down.
      const known = store.chain(chain.chainId)?.block
      const isAnother = known && head.timeNs > known.timeNs && !canBeOneChain(head, known)
      const from = head.restartedFrom ?? (isAnother ? known.height : null)
      if (from !== null) restarted(chain, head.height, from)
      if (head.halted) halted.set(chain.chainId, { sinceMs: nsToMs(head.timeNs), stands: head.stands })
      else halted.delete(chain.chainId)
      heads.note(chain.chainId, head)
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
      const all = directory
        .all()
        .filter(({ origin }) => origin !== 'registry')
        .map(healthOf)
      const nowMs = clock.now()
      const observed = observeHealth(all, alertSettings, nowMs)
      if (all.length > 1 && all.every(({ unseenSinceMs }) => unseenSinceMs !== null)) hopeSinceMs = nowMs
      commit(nowMs, (report) => {
        const own = all.find(({ chainId }) => chainId === chain.chainId)
        if (own) reportReadAnew(chain, report, nowMs)
        for (const kind of own ? CHAIN_MATTERS : []) {
          // After one look nobody knows: it may be a node that is late.
          if (kind === 'halted' && halted.get(chain.chainId)?.stands === false) continue
          const identity = chainIdentity(kind, chain.chainId)
          const state = alerts.loadState(identity)
          const matter = observed.chains.get(chain.chainId)![kind]
          if (!state && matter.level === 'ok') continue
          const inWords = (notice: Notice) => chainMessage(kind, notice, own!, aboutOf(chain, nowMs))
          const hidden = matter.level === 'unseen' && kind !== 'blind' && state?.alertId != null
          if (hidden) report(identity, asLastSeen(state), NO_REMINDERS, inWords, state)
          else report(identity, matter, chain.alerts, inWords, state)
        }
        const state = alerts.loadState(NETWORK_IDENTITY)
        if (!state && observed.network.level === 'ok') return
        const inWords = (notice: Notice) => networkMessage(notice, all, nowMs, directory.label)
        report(NETWORK_IDENTITY, observed.network, { remindEveryMs: longestReminderMs() }, inWords, state)
      })
    },
  }
}
