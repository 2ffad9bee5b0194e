// The alert that a chain which is named is not watched: told once, kept over restarts, over when that is mended.

import { createReports, type ReportDeps, seen } from '../alerts/report.ts'
import type { Message, Notice } from '../alerts/types.ts'
import { unwatchedIdentity } from '../clients/identity.ts'
import type { ClientRow } from '../clients/rows.ts'
import type { ClientStore } from '../clients/store.ts'
import { expiresMs } from '../clients/words.ts'
import type { Settings, Unwatched } from '../config/index.ts'
import { COLOUR, SIGN } from '../words/levels.ts'
import { code, label, plain } from '../words/text.ts'
import { ago, utc } from '../words/time.ts'
import type { Directory } from './directory.ts'
import { deadlineWords } from './health/messages.ts'
import { chainsMeant } from './names.ts'

export interface UnwatchedDeps extends ReportDeps {
  settings: Settings
  store: Pick<ClientStore, 'nearestDeadline' | 'chainIds'>
  directory: Directory
}

interface Nearest {
  row: ClientRow
  deadlineMs: number
}

/** It stays in `$status`, `$alerts` and the digest; the channel is not told again every day. */
const POLICY = { remindEveryMs: Number.POSITIVE_INFINITY }

/** Returns a function that raises and ends these alerts, as of `nowMs` (Unix ms). */
export function createUnwatchedTeller(deps: UnwatchedDeps) {
  const { alerts, settings, store, directory } = deps
  const commit = createReports(deps)
  /** The nearest deadline there; where it is not known which chain it was, on those that it may have been. */
  const nearestOf = ({ isKnown, settings: one }: Unwatched, nowMs: number): Nearest | null => {
    // With the registry, those that are not known now may be far ends.
    const isAny = !isKnown && settings.counterparties !== 'registry'
    const any = isAny ? store.chainIds().filter((chainId) => directory.getKnown(chainId) === null) : []
    return (isKnown ? [one.chainId] : any)
      .flatMap((chainId) => {
        const row = store.nearestDeadline(chainId, one.alerts.about, nowMs)
        const deadlineMs = row && expiresMs(row)
        return row && deadlineMs !== null ? { row, deadlineMs } : []
      })
      .reduce<Nearest | null>((a, b) => (a && a.deadlineMs <= b.deadlineMs ? a : b), null)
  }
  return (nowMs: number): void =>
    commit(nowMs, (report) => {
      const mention = settings.alerts.mention
      const named = directory.unwatched()
      for (const one of named) {
        const identity = unwatchedIdentity(one.chainId)
        const isAsked = one.sinceMs !== undefined && nowMs - one.sinceMs < settings.alerts.blindAfterMs
        report(identity, seen(isAsked ? 'unseen' : 'blind'), POLICY, (notice) =>
          unwatchedMessage(one, notice, nearestOf(one, nowMs), mention, nowMs),
        )
      }
      const still = new Set(named.map(({ chainId }) => unwatchedIdentity(chainId)))
      for (const [identity, state] of alerts.loadStates(unwatchedIdentity(''))) {
        if (state.alertId === null || still.has(identity)) continue
        const word = identity.slice(unwatchedIdentity('').length)
        const isWatched = chainsMeant(directory.all(), word).length > 0
        const observed = isWatched ? seen('ok') : seen(state.level, { about: false })
        report(identity, observed, POLICY, (notice) => mendedMessage(word, notice, nowMs), state)
      }
    })
}

/** "⚠️ NOT WATCHED: evmos (chains[2]). Nothing is read there, and nobody is told of it" */
export function unwatchedMessage(
  one: Unwatched,
  notice: Notice,
  nearest: Nearest | null,
  mention: readonly string[],
  nowMs: number,
): Message {
  const { chainId, place, reason, mend, isKnown } = one
  const rest = isKnown && nearest ? `. ${deadlineWords(nearest, nowMs)}` : ', and nobody is told of it'
  return {
    identity: unwatchedIdentity(chainId),
    notice,
    headline: `⚠️ NOT WATCHED: ${label(chainId, 64)} (${place}). Nothing is read there${rest}`,
    group: 'chains that are named and not watched',
    embed: {
      description: [
        `${plain(reason, 500)}.`,
        `What to do: ${code(mend, 500)}, then start me again. What is known of it from before is kept, and alerts about it stay open.`,
        ...(nearest ? [nearestText(nearest, isKnown === true, nowMs)] : []),
      ].join('\n'),
      color: COLOUR.blind,
    },
    mention: notice.mention ? [...mention] : [],
    subject: label(chainId, 64),
  }
}

function nearestText({ row, deadlineMs }: Nearest, isKnown: boolean, nowMs: number): string {
  const client = `${label(row.chainId, 64)} ${label(row.clientId)}`
  const expires = `may expire ${utc(deadlineMs, nowMs)}, as of the reading ${ago(row.readMs ?? nowMs)}`
  return isKnown
    ? `Nearest known deadline: ${client} ${expires}. Known deadlines go on by the clock; updates since then are invisible to me.`
    : `It may be ${label(row.chainId, 64)}, which is known from before and not named now: ${client} ${expires}, and nobody is told of that.`
}

function mendedMessage(word: string, notice: Notice, nowMs: number): Message {
  const over =
    notice.kind === 'withdrawn'
      ? `⚪ withdrawn: ${label(word, 64)} is not named any more`
      : `${SIGN.ok} over: ${label(word, 64)} is watched`
  return {
    identity: unwatchedIdentity(word),
    notice,
    headline: `${over} (was not watched since ${utc(notice.raisedMs, nowMs)})`,
    group: null,
    embed: null,
    mention: [],
  }
}
