// The alert that a chain which is named is not watched: told once, kept over restarts, over when that is mended.

import { NO_REMINDERS } from '../alerts/life.ts'
import { oneLiner } from '../alerts/outbox/commit.ts'
import { createReports, type ReportDeps, seen } from '../alerts/report.ts'
import type { Message, Notice } from '../alerts/types.ts'
import { COLOUR, SIGN } from '../words/levels.ts'
import { code, label, plain } from '../words/text.ts'
import { ago, utc } from '../words/time.ts'
import type { Directory } from './directory.ts'
import { deadlineWords, mayExpire } from './health/messages.ts'
import { type NearestDeadline, nearestOfAll, type Urgency } from './health/observe.ts'
import { unwatchedIdentity } from './identity.ts'
import { chainsMeant } from './names.ts'
import type { ChainSettings, ChainsSettings, Unwatched } from './settings.ts'

export interface UnwatchedDeps extends ReportDeps {
  settings: ChainsSettings
  directory: Directory
  /** The chains of which anything is kept. */
  chainIds: () => readonly string[]
  /** See `HealthDeps`. */
  urgencyOf: (chain: ChainSettings, nowMs: number) => Pick<Urgency, 'nearest'>
}

/** Returns a function that raises and ends these alerts, as of `nowMs` (Unix ms). */
export function createUnwatchedTeller(deps: UnwatchedDeps) {
  const { alerts, settings, directory } = deps
  const commit = createReports(deps)
  /** The nearest deadline there; where it is not known which chain it was, on those that it may have been. */
  const nearestOf = ({ isKnown, settings: one }: Unwatched, nowMs: number): NearestDeadline | null => {
    // With the registry, those that are not known now may be far ends.
    const isAny = !isKnown && settings.counterparties !== 'registry'
    const any = isAny ? deps.chainIds().filter((chainId) => directory.getKnown(chainId) === null) : []
    const chainIds = isKnown ? [one.chainId] : any
    return nearestOfAll(
      chainIds.map((chainId) => deps.urgencyOf({ ...one, chainId }, nowMs)),
      nowMs,
    )
  }
  return (nowMs: number): void =>
    commit(nowMs, (report) => {
      const named = directory.unwatched()
      for (const one of named) {
        const identity = unwatchedIdentity(one.chainId)
        const isAsked = one.sinceMs !== undefined && nowMs - one.sinceMs < settings.alerts.blindAfterMs
        report(identity, seen(isAsked ? 'unseen' : 'blind'), NO_REMINDERS, (notice) =>
          unwatchedMessage(one, notice, nearestOf(one, nowMs), nowMs),
        )
      }
      const still = new Set(named.map(({ chainId }) => unwatchedIdentity(chainId)))
      for (const [identity, state] of alerts.loadStates(unwatchedIdentity(''))) {
        if (state.alertId === null || still.has(identity)) continue
        const word = identity.slice(unwatchedIdentity('').length)
        const isWatched = chainsMeant(directory.all(), word).length > 0
        const observed = isWatched ? seen('ok') : seen(state.level, { about: false })
        report(identity, observed, NO_REMINDERS, (notice) => mendedMessage(word, notice, nowMs), state)
      }
    })
}

/** "⚠️ NOT WATCHED: evmos (chains[2]). Nothing is read there, and nobody is told of it" */
export function unwatchedMessage(
  one: Unwatched,
  notice: Notice,
  nearest: NearestDeadline | null,
  nowMs: number,
): Message {
  const { chainId, place, reason, mend, isKnown } = one
  const rest = isKnown && nearest ? `. ${deadlineWords(nearest, nowMs)}` : ', and nobody is told of it'
  const headline = `⚠️ NOT WATCHED: ${label(chainId, 64)} (${place}). Nothing is read there${rest}`
  return {
    ...oneLiner(unwatchedIdentity(chainId), notice, headline),
    group: 'chains that are named and not watched',
    embed: {
      description: [
        `${plain(reason, 500)}.`,
        `What to do: ${code(mend, 500)}, then start me again. What is known of it from before is kept, and alerts about it stay open.`,
        ...(nearest ? [nearestText(nearest, isKnown === true, nowMs)] : []),
      ].join('\n'),
      color: COLOUR.blind,
    },
    subject: label(chainId, 64),
  }
}

function nearestText(nearest: NearestDeadline, isKnown: boolean, nowMs: number): string {
  const chain = label(nearest.chainId, 64)
  const expires = `${chain} ${mayExpire(nearest, nowMs)}, as of the reading ${ago(nearest.readMs ?? nowMs)}`
  return isKnown
    ? `Nearest known deadline: ${expires}. Known deadlines go on by the clock; updates since then are invisible to me.`
    : `It may be ${chain}, which is known from before and not named now: ${expires}, and nobody is told of that.`
}

function mendedMessage(word: string, notice: Notice, nowMs: number): Message {
  const over =
    notice.kind === 'withdrawn'
      ? `⚪ withdrawn: ${label(word, 64)} is not named any more`
      : `${SIGN.ok} over: ${label(word, 64)} is watched`
  const since = utc(notice.raisedMs, nowMs)
  return oneLiner(unwatchedIdentity(word), notice, `${over} (was not watched since ${since})`)
}
