// What was seen becomes verdicts, alert states, history and notices: decided here, written in one transaction.

import { isPastSaving, wouldCall } from '../alerts/life.ts'
import { createReports, type ReportDeps, seen as seenAs, withdrawn } from '../alerts/report.ts'
import type { AlertState, Level, Notice, Observation } from '../alerts/types.ts'
import { lasting } from '../chains/health/observe.ts'
import { readChainIdentity } from '../chains/identity.ts'
import type { ChainSettings, Settings } from '../config/index.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { RANK } from '../words/levels.ts'
import { type Assessment, assess, unreadable } from './assess.ts'
import { makesNoBlocks } from './claim.ts'
import { upToDate } from './fresher.ts'
import { clientIdentity, readClientIdentity, unseenIdentity } from './identity.ts'
import type { ClientWords } from './in-words.ts'
import { type ClientRow, readingOf } from './rows.ts'
import type { ClientStore } from './store.ts'
import { isAbout, isReading, type Seen } from './types.ts'

export interface SettleDeps extends ReportDeps {
  store: ClientStore
  settings: Settings
  words: ClientWords
}

export interface Settler {
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

export function createSettler(deps: SettleDeps): Settler {
  const { store, alerts, settings, words } = deps

  const commit = createReports(deps)

  const settler: Settler = {
    wouldCall(chain, seen, nowMs) {
      const states = alerts.loadStates(clientIdentity(chain.chainId, ''))
      return seen.filter((read) => {
        const state = states.get(clientIdentity(chain.chainId, read.clientId)) ?? null
        if (!isReading(read.reading) || (judge(read, chain, nowMs).severity === 'ok' && !state)) return false
        const before = store.client(chain.chainId, read.clientId)
        const one = upToDate(read, before)
        const verdict = judge(one, chain, nowMs)
        return wouldCall(state, observe(one, verdict, before, state, chain, nowMs), chain.alerts, nowMs)
      })
    },

    settle(chain, seen, nowMs, { quietLook = false } = {}) {
      const { chainId } = chain
      const states = alerts.loadStates(clientIdentity(chainId, ''))
      const unseenStates = alerts.loadStates(unseenIdentity(chainId, ''))
      commit(nowMs, (report) => {
        for (const read of seen) {
          const one = upToDate(read, store.client(chainId, read.clientId))
          const verdict = judge(one, chain, nowMs)
          const before = store.save(chainId, one, verdict, nowMs)
          const identity = clientIdentity(chainId, one.clientId)
          const state = states.get(identity) ?? null
          const unseen = unseenStates.get(unseenIdentity(chainId, one.clientId)) ?? null
          const seenNow = observe(one, verdict, before, state, chain, nowMs)
          const quiet = !seenNow.about && !state && !unseen
          if (quiet || (verdict.severity === 'ok' && !state && !unseen)) continue
          const inWords = (notice: Notice) =>
            notice.kind === 'quiet' && quietLook
              ? null
              : words.client(store.client(chainId, one.clientId)!, notice, null, nowMs)
          report(identity, seenNow, chain.alerts, inWords, state)
          if (!unseen && verdict.severity !== 'unreadable') continue
          const row = store.client(chainId, one.clientId)!
          const isNamed = chain.origin !== 'registry'
          const sight = observeUnseen(row, verdict, seenNow.about && isNamed, settings, nowMs)
          const unseenInWords = (notice: Notice) =>
            words.unseenClient(row, notice, verdict.reason ?? '', nowMs)
          report(unseenIdentity(chainId, one.clientId), sight, chain.alerts, unseenInWords, unseen)
        }
      })
    },

    goOn(chain, rows, nowMs) {
      commit(nowMs, (report) => {
        for (const row of rows) {
          const reading = readingOf(row)
          if (!reading) continue
          const verdict = assess(reading, chain.alerts, nowMs)
          store.saveSeverity(chain.chainId, row.clientId, verdict.severity, verdict.nextDueMs)
          if (row.ignored || !isAbout(row.attention, chain.alerts.about)) continue
          const identity = clientIdentity(chain.chainId, row.clientId)
          const state = alerts.loadState(identity)
          // From memory a client only gets worse: that it is well again has to be seen.
          const seen: Observation = { ...observation(verdict, true), basis: 'memory' }
          if (state && !worse(seen.level, state.level))
            seen.level = state.alertId === null ? 'unseen' : state.level
          const judged = { ...row, severity: verdict.severity }
          const inWords = (notice: Notice) => words.client(judged, notice, row.readMs, nowMs)
          report(identity, seen, chain.alerts, inWords, state)
        }
      })
    },

    unwatch(chain, watched, nowMs, rows = store.clients(chain.chainId)) {
      const gone = rows.filter(({ clientId }) => !watched.has(clientId))
      if (gone.length === 0) return
      commit(nowMs, (report) => {
        for (const row of gone) {
          for (const [identityOf, say] of [
            [clientIdentity, (notice: Notice) => words.client(row, notice, null, nowMs)],
            [unseenIdentity, (notice: Notice) => words.unseenClient(row, notice, '', nowMs)],
          ] as const) {
            const identity = identityOf(chain.chainId, row.clientId)
            const state = alerts.loadState(identity)
            if (state) report(identity, withdrawn(state), chain.alerts, say, state)
          }
          if (wentWithItsChain(row, chain.alerts.about)) {
            report(clientIdentity(chain.chainId, row.clientId), WELL, chain.alerts, () => null)
          }
          store.forgetClient(chain.chainId, row.clientId)
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
            // About the chain itself there are no words any more: its name left with it.
            if (of && 'chainId' in of && of.chainId === chainId) {
              report(identity, withdrawn(state), settings.defaults.alerts, () => null, state)
            }
          }
          store.forgetChain(chainId)
        })
      }
    },

    finishFirstLook(chain, nowMs) {
      const states = alerts.loadStates(clientIdentity(chain.chainId, ''))
      commit(nowMs, (_report, tell) => {
        store.finishFirstLook(chain.chainId, nowMs)
        for (const [identity, state] of states) {
          if (state.alertId === null || state.toldLevel !== null || !isPastSaving(state.level)) continue
          const row = store.client(chain.chainId, identity.slice(clientIdentity(chain.chainId, '').length))
          if (!row) continue
          const notice: Notice = {
            kind: 'quiet',
            level: state.level,
            from: 'ok',
            alertId: state.alertId,
            mention: false,
            ackedBy: null,
            raisedMs: state.raisedMs ?? nowMs,
          }
          tell(words.client(row, notice, null, nowMs))
        }
      })
    },
  }
  return settler
}

function judge(seen: Seen, chain: ChainSettings, nowMs: number): Assessment {
  return isReading(seen.reading) ? assess(seen.reading, chain.alerts, nowMs) : unreadable(seen.reading.cause)
}

function observe(
  seen: Seen,
  verdict: Assessment,
  before: Pick<ClientRow, 'severity' | 'readMs'> | null,
  state: AlertState | null,
  chain: ChainSettings,
  nowMs: number,
): Observation {
  const about = !seen.ignored && isAbout(seen.attention, chain.alerts.about)
  // Never heard of before, or past saving already while nobody was to be told.
  const first = state === null && (!before?.readMs || isPastSaving(levelOf(before.severity)))
  const observed = { ...observation(verdict, about), first }
  if (!isReading(seen.reading) || !isByTheClock(verdict)) return observed
  if (makesNoBlocks(seen.reading.hostTimeNs, nowMs)) return { ...observed, basis: 'clock' }
  // The chain lives: its next block tells, and the client is read again until then.
  return { ...observed, level: 'critical' }
}

/** Past its deadline, and the host has made no block that says so. */
const isByTheClock = ({ severity, status }: Assessment) => severity === 'expired' && status === 'active'

function observation(verdict: Assessment, about: boolean): Observation {
  const { severity, expiresNs } = verdict
  const deadlineMs = expiresNs === null ? null : nsToMs(expiresNs)
  return seenAs(severity === 'unreadable' ? 'unseen' : severity, { deadlineMs, about })
}

/** A single client that cannot be read on a chain that can: told like a blind chain. */
function observeUnseen(
  row: ClientRow,
  verdict: Assessment,
  about: boolean,
  settings: Settings,
  nowMs: number,
): Observation {
  if (verdict.severity !== 'unreadable') return seenAs('ok', { about, mention: false })
  const deadlineMs = row.expiresNs === null ? null : nsToMs(row.expiresNs)
  return { ...lasting('blind', row.unseenSinceMs ?? nowMs, deadlineMs, settings.alerts, nowMs), about }
}

/**
 * A client that was well when its chain started again, and is gone since. Should it come back (what started again was
 * another chain under the same id), that it is lost by then is news.
 */
const wentWithItsChain = (row: ClientRow, about: ChainSettings['alerts']['about']): boolean =>
  row.readMs !== null &&
  row.hostTimeNs === null &&
  !row.ignored &&
  isAbout(row.attention, about) &&
  !isPastSaving(levelOf(row.severity))

const WELL = seenAs('ok', { mention: false })

const levelOf = (severity: Assessment['severity']): Level => (severity === 'unreadable' ? 'ok' : severity)

const worse = (seen: Observation['level'], before: Level) => seen !== 'unseen' && RANK[seen] > RANK[before]
