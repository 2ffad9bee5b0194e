// Whole chains in a line (pure): their clients counted by severity, how old, what is wrong; for answers and the digest.
import type { Directory } from '../chains/directory.ts'
import { code } from '../discord/text.ts'
import { formatDuration } from '../kernel/duration.ts'
import type { Severity } from './assess.ts'
import type { ChainStatus } from './commands/deps.ts'
import type { ClientRow } from './rows.ts'
import { severityNow, thresholdsOf } from './severity-now.ts'
import { isAbout } from './types.ts'
import { ago, CHAIN_LABEL_MAX, count, expiresMs, grouped, idList, SIGN } from './words.ts'

/** A client with its verdict at the moment of the answer. */
export interface Line {
  row: ClientRow
  severity: Severity
  status: ClientRow['status']
  share: number | null
  deadlineMs: number | null
  /** Alerts are about it. */
  about: boolean
}

/** A stored client judged at `nowMs` (Unix ms). */
export function lineOf(row: ClientRow, directory: Directory, nowMs: number): Line {
  const verdict = severityNow(row, thresholdsOf(directory, row.chainId), nowMs)
  const about = directory.get(row.chainId)?.alerts.about ?? 'live'
  return {
    row,
    severity: verdict.severity,
    status: verdict.status,
    share: verdict.elapsedShare,
    deadlineMs: expiresMs(verdict),
    about: !row.ignored && isAbout(row.attention, about),
  }
}

const COUNTED = ['critical', 'warning', 'expired', 'frozen', 'unreadable', 'ok'] as const

/** "**Osmosis** `osmosis-1`: 1 critical, 12 expired, 1,034 ok · read 4 minutes ago" */
export function summary(
  name: string,
  chainId: string,
  lines: readonly Line[],
  status: ChainStatus,
  nowMs: number,
): string {
  const counts = COUNTED.flatMap((severity) => {
    const number = lines.filter((line) => line.severity === severity).length
    return number > 0 ? [`${SIGN[severity]} ${grouped(number)} ${severity}`] : []
  })
  const about = lines.filter((line) => line.about).length
  const parts = [
    `**${name}** ${code(chainId, 60)}: ${counts.join(', ') || 'no clients'}`,
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
  const unseen = chains.filter(({ status }) => status.state === 'blind').map(({ name }) => name)
  const what = `${count(chains.length, 'chain')} from the chain registry as far ends`
  if (unseen.length === 0) return [`${SIGN.ok} ${what}, all can be read`]
  return [
    `${SIGN.blind} ${what}, ${grouped(unseen.length)} cannot be read: ${idList(unseen, 12, CHAIN_LABEL_MAX)}`,
  ]
}
