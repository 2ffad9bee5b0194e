// What was read of clients is decided on, and written in one transaction with its alerts, its history and its notices.
import { isPastSaving, NO_REMINDERS } from '../alerts/life.ts'
import {
  asLastSeen,
  createReports,
  seen as observedAs,
  type Report,
  type ReportDeps,
  withdrawn,
} from '../alerts/report.ts'
import type { AlertState, Notice, Observation } from '../alerts/types.ts'
import { alertsFor, type ChainOf, isCalledFor } from '../chains/called.ts'
import { goneMessage } from '../chains/health/messages.ts'
import { readChainIdentity } from '../chains/identity.ts'
import type { ChainSettings, ChainsSettings } from '../chains/settings.ts'
import { decide, decideFromMemory, observeUnread, verdictOf, wentWithItsChain } from './decide.ts'
import { clientIdentity, readClientIdentity, unseenIdentity } from './identity.ts'
import type { ClientWords } from './in-words.ts'
import type { ClientStore } from './store.ts'
import { type ClientRow, type ClientUse, isAbout, isReading, type Seen } from './types.ts'

export interface ClientSettlerDeps extends ReportDeps {
  store: ClientStore
  settings: ChainsSettings
  words: ClientWords
  /** A chain that is known, for whom its clients call. */
  chainOf: ChainOf
}

export interface ClientSettler {
  /** The clients of `seen` about which somebody would be called now: they are read once more before. */
  wouldCall(chain: ChainSettings, seen: readonly Seen[], nowMs: number): Seen[]
  /** Judges and writes what was seen. `quietLook`: the first look at the chain, whose summary comes at its end. */
  settle(chain: ChainSettings, seen: readonly Seen[], nowMs: number, options?: { quietLook?: boolean }): void
  /** Judges clients by their last known reading, because they cannot be read now: the clock goes on. */
  goOn(chain: ChainSettings, rows: readonly ClientRow[], nowMs: number): void
  /** Forgets clients of a chain (`rows`: all of them) but `watched`: nothing is told of them any more but that. */
  unwatch(
    chain: Pick<ChainSettings, 'chainId' | 'alerts'>,
    watched: ReadonlySet<string>,
    nowMs: number,
    rows?: readonly ClientRow[],
  ): void
  /** Ends what is open about chains that left the configuration, and forgets them. */
  endOrphans(isGone: (chainId: string) => boolean, nowMs: number): void
  /** The summary of the first look: what was past saving already. Marks the look as finished. */
  finishFirstLook(chain: ChainSettings, nowMs: number): void
}

/** Where the two alerts about a client stand. */
interface Alerts {
  expiry: AlertState | null
  unread: AlertState | null
}

const WELL = observedAs('ok', { mention: false })

/** Alerts are about it; or it was lost now, and they may be about it later. */
const isToKeep = ({ about, level, first }: Observation) =>
  about || (level !== 'unseen' && isPastSaving(level) && !first)

/** For the summary of a first look: an alert that is open without having been told. */
const quietNotice = ({ level, alertId, raisedMs }: AlertState, nowMs: number): Notice => ({
  kind: 'quiet',
  level,
  from: 'ok',
  alertId: alertId!,
  mention: false,
  ackedBy: null,
  raisedMs: raisedMs ?? nowMs,
})

/** Reports about a client. Of what calls nobody each level is told once: without a mention, without reminders. */
const reportsOf = (client: ClientUse, chain: ChainSettings, chainOf: ChainOf, report: Report): Report =>
  isCalledFor(client, chain, chainOf)
    ? report
    : (identity, seen, _, ...more) => report(identity, { ...seen, mention: false }, NO_REMINDERS, ...more)

/** What is open about a client that cannot be read goes on by the clock: that it cannot, too. */
function goOnUnseen(
  { store, alerts, words, chainOf }: ClientSettlerDeps,
  chain: ChainSettings,
  row: ClientRow,
  report: Report,
  nowMs: number,
): void {
  const { chainId, clientId } = row
  const decided = decideFromMemory(row, chain.alerts, nowMs)
  const { severity, nextDueMs } = decided?.verdict ?? row
  if (decided) store.saveSeverity(chainId, clientId, severity, nextDueMs)
  if (row.ignored || !isAbout(row.attention, chain.alerts.about)) return
  const goOn = reportsOf(row, chain, chainOf, report)
  const unread = alerts.loadState(unseenIdentity(chainId, clientId))
  const unreadInWords = (notice: Notice) => words.unseenClient(row, notice, row.reason ?? '', nowMs)
  if (unread?.alertId != null)
    goOn(unseenIdentity(chainId, clientId), asLastSeen(unread), chain.alerts, unreadInWords, unread)
  if (!decided) return
  const alert = alerts.loadState(clientIdentity(chainId, clientId))
  const inWords = (told: Notice) =>
    words.client({ ...row, severity }, decided.verdict, told, row.readMs, nowMs)
  goOn(clientIdentity(chainId, clientId), decided.worsened(alert), chain.alerts, inWords, alert)
}

/** What is quiet after the first look is not seen first, but watched from now on. */
const watchedFromNow = (notice: Notice): Notice =>
  notice.kind === 'quiet' ? { ...notice, from: notice.level } : notice

export function createClientSettler(deps: ClientSettlerDeps): ClientSettler {
  const { store, alerts, settings, words } = deps
  const commit = createReports(deps)

  const settleOne = (
    chain: ChainSettings,
    read: Seen,
    { expiry, unread }: Alerts,
    { nowMs, quietLook }: { nowMs: number; quietLook: boolean },
    reportOne: Report,
  ) => {
    const { chainId, alerts: policy } = chain
    const report = reportsOf(read, chain, deps.chainOf, reportOne)
    const before = store.client(chainId, read.clientId)
    const { verdict, after, observed } = decide(chainId, read, before, expiry, policy, nowMs)
    store.save(after, nowMs)
    if (!expiry && !unread && (verdict.severity === 'ok' || !isToKeep(observed))) return
    const told = (notice: Notice) => words.client(after, verdict, watchedFromNow(notice), null, nowMs)
    const inWords = (notice: Notice) => (notice.kind === 'quiet' && quietLook ? null : told(notice))
    const identity = clientIdentity(chainId, read.clientId)
    report(identity, observed, policy, inWords, expiry)
    if (!unread && verdict.severity !== 'unreadable') return
    const about = observed.about && chain.origin !== 'registry'
    const unseen = observeUnread(after, verdict, about, settings.alerts, nowMs)
    const unreadInWords = (notice: Notice) => words.unseenClient(after, notice, verdict.reason ?? '', nowMs)
    report(unseenIdentity(chainId, read.clientId), unseen, policy, unreadInWords, unread)
  }

  const settler: ClientSettler = {
    wouldCall(chain, seen, nowMs) {
      const { chainId } = chain
      const states = alerts.loadStates(clientIdentity(chainId, ''))
      return seen.filter((read) => {
        const alert = states.get(clientIdentity(chainId, read.clientId)) ?? null
        if (!isReading(read.reading)) return false
        // Most are well, and are not looked up.
        if (!alert && verdictOf(read, chain.alerts, nowMs).severity === 'ok') return false
        const before = store.client(chainId, read.clientId)
        return decide(chainId, read, before, alert, alertsFor(read, chain, deps.chainOf), nowMs).confirm
      })
    },

    settle(chain, seen, nowMs, { quietLook = false } = {}) {
      const expiry = alerts.loadStates(clientIdentity(chain.chainId, ''))
      const unread = alerts.loadStates(unseenIdentity(chain.chainId, ''))
      commit(nowMs, (report) => {
        for (const read of seen) {
          const open = {
            expiry: expiry.get(clientIdentity(chain.chainId, read.clientId)) ?? null,
            unread: unread.get(unseenIdentity(chain.chainId, read.clientId)) ?? null,
          }
          settleOne(chain, read, open, { nowMs, quietLook }, report)
        }
      })
    },

    goOn(chain, rows, nowMs) {
      commit(nowMs, (report) => {
        for (const row of rows) goOnUnseen(deps, chain, row, report, nowMs)
      })
    },

    unwatch(chain, watched, nowMs, rows = store.clients(chain.chainId)) {
      const gone = rows.filter(({ clientId }) => !watched.has(clientId))
      if (gone.length === 0) return
      commit(nowMs, (report) => {
        const withdraw = (identity: string, inWords: (notice: Notice) => ReturnType<typeof words.client>) => {
          const alert = alerts.loadState(identity)
          if (alert) report(identity, withdrawn(alert), chain.alerts, inWords, alert)
        }
        for (const row of gone) {
          const { chainId, clientId } = row
          const identity = clientIdentity(chainId, clientId)
          withdraw(identity, (notice) => words.client(row, null, notice, null, nowMs))
          withdraw(unseenIdentity(chainId, clientId), (notice) => words.unseenClient(row, notice, '', nowMs))
          if (wentWithItsChain(row, chain.alerts.about)) report(identity, WELL, chain.alerts, () => null)
          store.forgetClient(chainId, clientId)
        }
      })
    },

    endOrphans(isGone, nowMs) {
      for (const chainId of store.chainIds()) {
        if (!isGone(chainId)) continue
        settler.unwatch({ chainId, alerts: settings.defaults.alerts }, new Set(), nowMs)
        commit(nowMs, (report) => {
          for (const { identity, state } of alerts.openAlerts()) {
            const of = readClientIdentity(identity) ?? readChainIdentity(identity)
            if (of && 'chainId' in of && of.chainId === chainId) {
              const inWords = (notice: Notice) => goneMessage(identity, chainId, notice)
              report(identity, withdrawn(state), settings.defaults.alerts, inWords, state)
            }
          }
          store.forgetChain(chainId)
        })
      }
    },

    finishFirstLook(chain, nowMs) {
      const states = alerts.loadStates(clientIdentity(chain.chainId, ''))
      commit(nowMs, (_, tell) => {
        store.finishFirstLook(chain.chainId, nowMs)
        for (const [identity, state] of states) {
          if (state.alertId === null || state.toldLevel !== null || !isPastSaving(state.level)) continue
          const row = store.client(chain.chainId, identity.slice(clientIdentity(chain.chainId, '').length))
          if (!row) continue
          tell(words.client(row, null, quietNotice(state, nowMs), null, nowMs))
        }
      })
    },
  }
  return settler
}
