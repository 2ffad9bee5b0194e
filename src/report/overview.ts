// Whole chains in a line (pure): their clients counted by severity, how old, what is wrong; for answers and the digest.

import type { Directory } from '../chains/directory.ts'
import type { Severity } from '../clients/assess.ts'
import { CLAIM_WORDS, type Claim, claimNow, viewOf } from '../clients/claim.ts'
import type { ClientRow } from '../clients/rows.ts'
import { severityNow, thresholdsOf } from '../clients/severity-now.ts'
import { isAbout } from '../clients/types.ts'
import { expiresMs, idList } from '../clients/words.ts'
import { formatDuration } from '../kernel/duration.ts'
import { SIGN } from '../words/levels.ts'
import { count, grouped } from '../words/numbers.ts'
import { CHAIN_LABEL_MAX, code } from '../words/text.ts'
import { ago } from '../words/time.ts'
import type { ChainStatus } from './commands/deps.ts'

/** A client with its verdict at the moment of the answer. */
export interface Line {
  row: ClientRow
  severity: Severity
  status: ClientRow['status']
  share: number | null
  deadlineMs: number | null
  /** Alerts are about it. */
  about: boolean
  /** Where it is past its deadline, or frozen: what may be said of that. */
  claim: Claim | null
}

/** A stored client judged at `nowMs` (Unix ms). */
export function lineOf(
  row: ClientRow,
  { directory, status, nowMs }: { directory: Directory; status: ChainStatus; nowMs: number },
): Line {
  const verdict = severityNow(row, thresholdsOf(directory, row.chainId), nowMs)
  const about = directory.getKnown(row.chainId)?.alerts.about ?? 'live'
  return {
    row,
    severity: verdict.severity,
    status: verdict.status,
    share: verdict.elapsedShare,
    deadlineMs: expiresMs(verdict),
    about: !row.ignored && isAbout(row.attention, about),
    claim: claimNow(row, viewOf(status), nowMs),
  }
}

/** What clients in danger or lost are counted as, the nearest to act on first. */
export const IN_TROUBLE = [
  'critical',
  'warning',
  'by-the-clock',
  'from-memory',
  'expired',
  'frozen',
  'unreadable',
] as const
const COUNTED = [...IN_TROUBLE, 'ok'] as const

/** "🔴 1 critical", "⚫ 2 may have expired": what some clients are, counted. */
export function counts(lines: readonly Line[], kinds: readonly Counted[] = COUNTED): string[] {
  return kinds.flatMap((kind) => {
    const number = lines.filter((line) => countedAs(line) === kind).length
    const words = kind === 'by-the-clock' || kind === 'from-memory' ? CLAIM_WORDS[kind] : kind
    return number > 0 ? [`${signOf(kind)} ${grouped(number)} ${words}`] : []
  })
}

export type Counted = (typeof COUNTED)[number]

const countedAs = ({ claim, severity }: Pick<Line, 'claim' | 'severity'>): Counted =>
  claim === 'by-the-clock' || claim === 'from-memory' ? claim : severity

const signOf = (kind: Counted) =>
  kind === 'by-the-clock' ? SIGN.expired : kind === 'from-memory' ? SIGN.unreadable : SIGN[kind]

/** The sign of a client in a list. */
export const lineSign = (line: Pick<Line, 'claim' | 'severity'>): string => signOf(countedAs(line))

/** "**Osmosis** `osmosis-1`: 1 critical, 12 expired, 1,034 ok · read 4 minutes ago" */
export function summary(
  name: string,
  chainId: string,
  lines: readonly Line[],
  status: ChainStatus,
  nowMs: number,
): string {
  const about = lines.filter((line) => line.about).length
  const parts = [
    `**${name}** ${code(chainId, 60)}: ${counts(lines).join(', ') || 'no clients'}`,
    lines.length > 0 && about < lines.length ? `alerts about ${grouped(about)}` : '',
    ageText([status.readMs]),
    sightText(status, nowMs),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** What is wrong with a chain as a whole; empty where nothing is. */
export function sightText({ state, sinceMs, reason }: ChainStatus, nowMs: number): string {
  const since = sinceMs === null ? '' : ` ${formatDuration(nowMs - sinceMs)}`
  if (state === 'blind') return `${SIGN.blind} **BLIND${since}**${reason ? `: ${code(reason, 120)}` : ''}`
  if (state === 'unread')
    return `${SIGN.unread} **UNSEEN${since}**: its clients cannot be read, the chain can${reason ? `: ${code(reason, 120)}` : ''}`
  if (state === 'halted') return `${SIGN.halted} **HALTED${since}**`
  return ''
}

/** How old an answer is: by the oldest of its readings. */
export function ageText(readMs: readonly (number | null)[]): string {
  const known = readMs.filter((one) => one !== null)
  if (known.length === 0) return 'not read yet'
  const oldest = `read ${ago(Math.min(...known))}`
  return known.length < readMs.length
    ? `${oldest}, ${count(readMs.length - known.length, 'chain')} not yet`
    : oldest
}

/** The chains that came in as far ends, in one line: "⚫ 3 of 41 far ends from the chain registry cannot be read: …" */
export function farEndLines(chains: readonly { name: string; status: ChainStatus }[]): string[] {
  if (chains.length === 0) return []
  const unseen = chains.filter(({ status }) => !viewOf(status).readable).map(({ name }) => name)
  const what = `${count(chains.length, 'chain')} from the chain registry as far ends`
  if (unseen.length === 0) return [`${SIGN.ok} ${what}, all can be read`]
  return [
    `${SIGN.blind} ${what}, ${grouped(unseen.length)} cannot be read: ${idList(unseen, 12, CHAIN_LABEL_MAX)}`,
  ]
}
