// The digest in words (pure): the week, what is open, what alerts are not about; one message, however much there is.

import { bulletin } from '../alerts/outbox/commit.ts'
import type { Message } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainStatus } from '../clients/chain-status.ts'
import { isLost, viewOf } from '../clients/claim.ts'
import { counts, IN_TROUBLE, type Line } from '../clients/line.ts'
import type { Turn } from '../clients/turns-store.ts'
import { clientLabel } from '../clients/words.ts'
import { DAY_MS, formatUtc } from '../kernel/duration.ts'
import { COLOUR, SIGN } from '../words/levels.ts'
import { LIMIT } from '../words/limits.ts'
import { count, grouped } from '../words/numbers.ts'
import { label, someOf } from '../words/text.ts'
import { ago } from '../words/time.ts'
import { inOrder, isQuiet, lineText, type Open } from './open-alerts.ts'
import { farEndLines, summary } from './overview.ts'

/** What a digest looks back on, ms. */
export const WEEK_MS = 7 * DAY_MS

/** What the digest of some chains is made of. */
export interface DigestFacts {
  nowMs: number
  directory: Directory
  chains: readonly { chainId: string; origin?: 'channel' | 'registry'; status: ChainStatus; lines: Line[] }[]
  open: readonly Open[]
  /** Since `nowMs - WEEK_MS`, of the clients of `chains`. */
  turns: readonly Turn[]
}

/** More lines of one kind nobody reads. */
const LINES_MAX = 15
const NAMES_MAX = 8

/** Lines of one kind below what they are; those that find no room are counted. */
interface Section {
  title: string
  lines: string[]
}

/** The digest of the chains in `facts`: at most 4,096 characters, what has no room is counted. */
export function digest(facts: DigestFacts) {
  const { open } = facts
  const alarms = open.filter((one) => !isOver(one)).sort(inOrder)
  const lost = open.filter(isOver).sort(byAge)
  const sections = [
    chainSection(facts),
    { title: openTitle(alarms), lines: alarms.map((one) => lineText(one, facts.nowMs)) },
    ...(lost.length > 0
      ? [{ title: lostTitle(lost), lines: lost.map((one) => lineText(one, facts.nowMs)) }]
      : []),
    { title: '**This week**', lines: weekLines(facts) },
    ...notAboutSections(facts),
  ]
  const bad = open.length > 0 || blind(facts).length > 0
  return {
    /** One line without markup, for a lock screen. */
    headline: headline(facts, alarms, lost),
    embed: { description: fitted(sections, LIMIT.description), color: bad ? COLOUR.warning : COLOUR.ok },
  }
}

/** The digest as a message for the outbox. */
export const digestMessage = ({ headline, embed }: ReturnType<typeof digest>, nowMs: number): Message =>
  bulletin('digest', headline, embed, nowMs)

/** Expired or frozen: nobody is reminded of these anywhere else. */
const isOver = ({ state: { level }, claim }: Open) =>
  level === 'frozen' || (level === 'expired' && (claim === null || isLost(claim)))

/** Those that were told first, then those that were so when first seen; the oldest of each first. */
const byAge = (a: Open, b: Open) =>
  Number(isQuiet(a)) - Number(isQuiet(b)) ||
  (a.deadlineMs ?? a.state.sinceMs) - (b.deadlineMs ?? b.state.sinceMs)

/** The chains that were named; those that came in only as far ends have a line of their own. */
const named = ({ chains }: DigestFacts) => chains.filter(({ origin }) => origin !== 'registry')

const blind = (facts: DigestFacts) => named(facts).filter(({ status }) => !viewOf(status).readable)

/** "📋 The week to Mon 23 Nov 09:00 UTC: 3 alerts open (worst: critical), 5 expired or frozen; 1 expired, 2 recovered" */
function headline(facts: DigestFacts, alarms: readonly Open[], lost: readonly Open[]): string {
  const { nowMs } = facts
  const worst = alarms[0]
  const week = weekOf(facts)
  const happened = (['warned', 'expired', 'frozen', 'recovered'] as const).flatMap((kind) =>
    week[kind].length > 0 ? [`${grouped(week[kind].length)} ${kind}`] : [],
  )
  const unread = blind(facts).length
  const parts = [
    worst ? `${count(alarms.length, 'alert')} open (worst: ${worst.word})` : 'no alert open',
    lost.length > 0 ? `${grouped(lost.length)} expired or frozen` : '',
    // Of a chain that could not be read nobody knows how quiet its week was.
    happened.length > 0 ? `this week ${happened.join(', ')}` : unread > 0 ? '' : 'a quiet week',
    unread > 0 ? `${unread} of ${count(named(facts).length, 'chain')} cannot be read` : '',
  ]
  return `📋 The week to ${formatUtc(nowMs, nowMs)}: ${parts.filter(Boolean).join('; ')}`
}

function chainSection(facts: DigestFacts): Section {
  const { chains, directory, nowMs } = facts
  const trouble = ({ status: { state } }: { status: ChainStatus }) =>
    ['blind', 'unread', 'halted', 'not-read', 'ok'].indexOf(state)
  const own = named(facts).sort((a, b) => trouble(a) - trouble(b))
  const farEnds = chains
    .filter(({ origin }) => origin === 'registry')
    .map(({ chainId, status }) => ({ name: directory.label(chainId), status }))
  return {
    title: ['**Chains**', ...farEndLines(farEnds)].join('\n'),
    lines: own.map(({ chainId, lines, status }) => {
      const unseen = lines.filter(
        ({ row, severity }) => row.unseenSinceMs !== null && severity !== 'unreadable',
      )
      const line = summary({ name: directory.label(chainId), chainId, lines, status }, nowMs)
      if (!viewOf(status).readable || unseen.length === 0) return line
      return `${line} · ${SIGN.unreadable} ${count(unseen.length, 'client')} cannot be read now`
    }),
  }
}

function openTitle(alarms: readonly Open[]): string {
  return alarms.length === 0
    ? `${SIGN.ok} **Nothing open that an update still saves**`
    : `**Open now** (${grouped(alarms.length)})`
}

function lostTitle(lost: readonly Open[]): string {
  const quiet = lost.filter(isQuiet).length
  const before = quiet > 0 ? `, ${grouped(quiet)} of them when first seen` : ''
  return `**Expired or frozen** (${grouped(lost.length)}${before}), the oldest first`
}

/** The clients that turned during the week, each once per kind; those that alerts are about. */
function weekOf({ chains, turns }: DigestFacts) {
  const lines = new Map(
    chains.flatMap(({ lines }) => lines.map((line) => [`${line.row.chainId}/${line.row.clientId}`, line])),
  )
  const of = (fits: (turn: Turn) => boolean) => {
    const ids = new Set(turns.filter(fits).map(({ chainId, clientId }) => `${chainId}/${clientId}`))
    return [...ids].flatMap((id) => lines.get(id) ?? [])
  }
  const danger = (severity: Turn['from']) => severity === 'warning' || severity === 'critical'
  const lost = (severity: Turn['from']) => severity === 'expired' || severity === 'frozen'
  const all = {
    warned: of(({ to }) => danger(to)),
    saved: of(({ from, to }) => danger(from) && to === 'ok'),
    // What was so when it was first seen is no event of this week.
    expired: of(({ to, first }) => to === 'expired' && !first),
    frozen: of(({ to, first }) => to === 'frozen' && !first),
    recovered: of(({ from, to }) => lost(from) && (to === 'ok' || danger(to))),
  }
  const about = (found: Line[]) => found.filter((line) => line.about)
  const others = (found: Line[]) => found.length - about(found).length
  return {
    warned: about(all.warned),
    saved: about(all.saved),
    /** In danger, or past their deadline and not lost as far as is known, at present. */
    open: about([...lines.values()].filter(isOpen)),
    expired: about(all.expired),
    frozen: about(all.frozen),
    recovered: about(all.recovered),
    /** The same turns of clients that alerts are not about. */
    others: { expired: others(all.expired), frozen: others(all.frozen), recovered: others(all.recovered) },
  }
}

const isOpen = ({ severity, claim }: Line) =>
  claim === null ? severity === 'warning' || severity === 'critical' : !isLost(claim)

function weekLines(facts: DigestFacts): string[] {
  const week = weekOf(facts)
  const names = (lines: readonly Line[]) => {
    const all = lines.map(({ row }) => clientName(row, facts.directory))
    return someOf(all, NAMES_MAX)
  }
  const lines: string[] = []
  const near = [
    [week.warned, 'came near the end'],
    [week.saved, 'updated in time'],
    [week.open, 'still open'],
  ] as const
  const counted = near.flatMap(([of, word]) => (of.length > 0 ? [`${grouped(of.length)} ${word}`] : []))
  if (counted.length > 0) lines.push(`${SIGN.warning} ${counted.join(', ')}`)
  for (const kind of ['expired', 'frozen', 'recovered'] as const) {
    const sign = kind === 'recovered' ? SIGN.ok : SIGN[kind]
    if (week[kind].length > 0)
      lines.push(`${sign} ${grouped(week[kind].length)} ${kind}: ${names(week[kind])}`)
  }
  if (lines.length === 0) lines.push('As far as I could look: nothing came near its end, nothing was lost.')
  const others = Object.entries(week.others).flatMap(([kind, number]) =>
    number > 0 ? [`${grouped(number)} ${kind}`] : [],
  )
  if (others.length > 0) lines.push(`Of clients that alerts are not about: ${others.join(', ')}`)
  return lines
}

/** The clients that nobody is told of although they are in danger, by deadline, and how many are lost already. */
function notAboutSections({ chains, directory }: DigestFacts): Section[] {
  const others = chains.flatMap(({ lines }) => lines).filter(({ about }) => !about)
  const found = counts(others, IN_TROUBLE)
  if (found.length === 0) return []
  const danger = others
    .filter(({ severity }) => severity === 'critical' || severity === 'warning')
    .sort((a, b) => (a.deadlineMs ?? 0) - (b.deadlineMs ?? 0))
  return [
    {
      title: `**Alerts are not about**: ${found.join(', ')}`,
      lines: danger.map(
        ({ row, severity, deadlineMs }) =>
          `${SIGN[severity]} ${clientLabel(row, directory)}${deadlineMs === null ? '' : ` · expires ${ago(deadlineMs)}`}`,
      ),
    },
  ]
}

const clientName = (row: Line['row'], directory: Directory) =>
  `${directory.label(row.chainId)} ${label(row.clientId)}`

/** The sections in at most `max` characters: each shows as many lines as all of them can have. */
function fitted(sections: readonly Section[], max: number): string {
  for (let most = LINES_MAX; ; most--) {
    const text = sections.map((section) => sectionText(section, most)).join('\n\n')
    if (text.length <= max || most === 0) return text
  }
}

function sectionText({ title, lines }: Section, most: number): string {
  const more = lines.length > most ? [`… and ${grouped(lines.length - most)} more`] : []
  return [title, ...lines.slice(0, most), ...more].join('\n')
}
