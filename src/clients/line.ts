// A stored client as it stands in a list (pure): judged at the moment of the answer, its sign, and how many are alike.
import type { Directory } from '../chains/directory.ts'
import { SIGN } from '../words/levels.ts'
import { grouped } from '../words/numbers.ts'
import type { Severity } from './assess.ts'
import type { ChainStatus } from './chain-status.ts'
import { CLAIM_WORDS, type Claim, claimNow, viewOf } from './claim.ts'
import { severityNow, thresholdsOf } from './severity-now.ts'
import type { ClientRow } from './types.ts'
import { isAbout } from './types.ts'
import { expiresMs } from './words.ts'

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

/** "🟠 1 critical", "⚫ 2 may have expired": what some clients are, counted. */
export const counts = (lines: readonly Line[], kinds: readonly Counted[] = COUNTED): string[] =>
  counted(lines, kinds).map(([kind, text]) => `${signOf(kind)} ${text}`)

/** The same without signs, where nobody is to be alarmed: "1 critical". */
export const plainCounts = (lines: readonly Line[]): string[] =>
  counted(lines, COUNTED).map(([, text]) => text)

function counted(lines: readonly Line[], kinds: readonly Counted[]): [Counted, string][] {
  return kinds.flatMap((kind): [Counted, string][] => {
    const number = lines.filter((line) => countedAs(line) === kind).length
    const words = kind === 'by-the-clock' || kind === 'from-memory' ? CLAIM_WORDS[kind] : kind
    return number > 0 ? [[kind, `${grouped(number)} ${words}`]] : []
  })
}

export type Counted = (typeof COUNTED)[number]

const countedAs = ({ claim, severity }: Pick<Line, 'claim' | 'severity'>): Counted =>
  claim === 'by-the-clock' || claim === 'from-memory' ? claim : severity

const signOf = (kind: Counted) =>
  kind === 'by-the-clock' ? SIGN.expired : kind === 'from-memory' ? SIGN.unreadable : SIGN[kind]

/** The sign of a client in a list. */
export const lineSign = (line: Pick<Line, 'claim' | 'severity'>): string => signOf(countedAs(line))
