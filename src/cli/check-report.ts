// The result of one look at every client (pure): the JSON object of `check --json`, its exit code, its table.
import Table from 'cli-table3'
import type { ChainSettings } from '../chains/settings.ts'
import type { Severity, Verdict } from '../clients/assess.ts'
import { updateVerdict } from '../clients/claim.ts'
import { isAbout, isReading, type Seen } from '../clients/types.ts'
import { formatDuration } from '../kernel/duration.ts'
import { formatTimestampNs, NANOS_PER_MS, nsToMs } from '../kernel/nanotime.ts'
import { RANK } from '../words/levels.ts'
import { plural } from '../words/numbers.ts'
import { printableLine } from '../words/text.ts'
import type { CheckSweep } from './check-sweep.ts'
import { createColours } from './colours.ts'

export type ChainReport = ReturnType<typeof chainReport>
export type ClientReport = ReturnType<typeof clientReport>

export interface CheckReport {
  takenAt: string
  chains: ChainReport[]
  clients: ClientReport[]
}

export const FAIL_ON = ['warning', 'critical', 'expired', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** One client of the report. `verdict` is that of `assess`, or the one for a client that could not be read. */
export function clientReport(hostChainId: string, seen: Seen, verdict: Verdict) {
  const reading = isReading(seen.reading) ? seen.reading : null
  const period = reading?.trustingPeriodNs ?? null
  const rfc3339 = (ns: bigint | null) => (ns === null ? null : formatTimestampNs(ns))
  return {
    hostChainId,
    clientId: seen.clientId,
    clientType: seen.clientType,
    trackedChainId: reading?.trackedChainId ?? null,
    connectionIds: seen.connectionIds,
    status: verdict.status,
    severity: verdict.severity,
    attention: seen.ignored ? 'idle' : seen.attention,
    lastUpdate: rfc3339(verdict.lastUpdateNs),
    trustingPeriodMs: period === null ? null : Number(period) / Number(NANOS_PER_MS),
    expiresAt: rfc3339(verdict.expiresNs),
    elapsedShare: verdict.elapsedShare === null ? null : Math.round(verdict.elapsedShare * 10_000) / 10_000,
    reason: verdict.reason,
  }
}

/** One chain of the report, after a look at it. Times are RFC 3339. */
export function chainReport(
  chainId: string,
  requests: number,
  { head, failure, gaps }: CheckSweep,
  nowMs: number,
) {
  const halted = head?.halted ? haltedReason(head.timeNs, nowMs) : null
  const status: 'ok' | 'halted' | 'unreadable' =
    failure !== null ? 'unreadable' : head?.halted ? 'halted' : 'ok'
  return {
    chainId,
    status,
    reason: failure ?? reasonOf(halted, gaps),
    endpoint: head?.endpoint ?? null,
    height: head ? String(head.height) : null,
    blockTime: head ? formatTimestampNs(head.timeNs) : null,
    requests,
  }
}

/**
 * The exit code: 1 when a client that alerts are about is at or over `failOn` (frozen counts as expired), else 3
 * when something could not be read, else 0.
 */
export function exitCode(report: CheckReport, chains: readonly ChainSettings[], failOn: FailOn): 0 | 1 | 3 {
  const about = new Map(chains.map((chain) => [chain.chainId, chain.alerts.about]))
  const bad = report.clients.some(
    (client) =>
      failOn !== 'never' &&
      RANK[client.severity] >= RANK[failOn] &&
      isAbout(client.attention, about.get(client.hostChainId) ?? 'live'),
  )
  if (bad) return 1
  const blind =
    report.chains.some(({ status, reason }) => status === 'unreadable' || reason?.includes(PARTLY)) ||
    report.clients.some(({ severity }) => severity === 'unreadable')
  return blind ? 3 : 0
}

/** Sorts clients for people: those in danger that alerts are about first, the nearest deadline first. */
export function byDanger(a: ClientReport, b: ClientReport): number {
  const idle = (client: ClientReport) => (client.attention === 'idle' ? 1 : 0)
  // What can still be saved comes before what is lost already.
  const urgency = (client: ClientReport) =>
    client.severity === 'critical' ? 6 : client.severity === 'warning' ? 5.5 : RANK[client.severity]
  return (
    idle(a) - idle(b) ||
    urgency(b) - urgency(a) ||
    (a.expiresAt ?? '~').localeCompare(b.expiresAt ?? '~') ||
    a.hostChainId.localeCompare(b.hostChainId) ||
    a.clientId.localeCompare(b.clientId, 'en', { numeric: true })
  )
}

/** What clients are counted as, in this order. */
const COUNTED = ['ok', 'unreadable', 'warning', 'critical', 'expired', 'frozen', 'overdue'] as const

/** A halted chain has not judged yet a client that is past its deadline by the clock alone. */
const isOverdue = ({ status, severity }: ClientReport) => status === 'active' && severity === 'expired'
const wordOf = (client: ClientReport) => (isOverdue(client) ? 'overdue' : client.severity)

/** Anybody can create a client that tracks a "chain" of any name: no text of a chain's may steer the terminal. */
const printable = (text: string) => printableLine(text, '?')

/** The table for a terminal, what is in danger first; then the chains that could not be read, and a summary. */
export function tableText(report: CheckReport, options: { colour: boolean; nowMs: number }): string {
  const colours = createColours(options.colour)
  const paint: Record<Severity, (text: string) => string> = {
    ok: colours.green,
    warning: colours.yellow,
    critical: colours.red,
    expired: colours.magenta,
    frozen: colours.cyan,
    unreadable: colours.gray,
  }
  const table = new Table({
    head: ['', 'host chain', 'client', 'tracks', 'left', 'used', 'about', 'connections'],
    style: { head: options.colour ? ['bold'] : [], border: options.colour ? ['gray'] : [], compact: true },
  })
  for (const client of [...report.clients].sort(byDanger)) {
    const word = wordOf(client)
    table.push([
      paint[client.severity](word === 'ok' ? word : word.toUpperCase()),
      client.hostChainId,
      printable(client.clientId),
      printable(client.trackedChainId ?? client.reason?.slice(0, 40) ?? ''),
      client.expiresAt ? leftText(Date.parse(client.expiresAt) - options.nowMs) : '',
      client.elapsedShare === null ? '' : `${Math.floor(client.elapsedShare * 100)} %`,
      client.attention,
      printable(client.connectionIds.slice(0, 3).join(' ')) + (client.connectionIds.length > 3 ? ' …' : ''),
    ])
  }
  const troubles = report.chains.flatMap(({ chainId, status, reason }) =>
    reason === null
      ? []
      : `${status === 'halted' ? '⏸' : '⚫'} ${printable(`${chainId} ${status}: ${reason}`)}`,
  )
  const { clients, chains } = report
  const all = `${clients.length} ${plural(clients.length, 'client')} on ${chains.length} ${plural(chains.length, 'chain')}`
  const overdue = overdueLines(report, options.nowMs)
  const sum = `${all}: ${countsText(clients) || 'none'}`
  return [...(clients.length > 0 ? [table.toString()] : []), ...troubles, ...overdue, sum, ''].join('\n')
}

/** What can still be done about clients past their deadline by the clock, by chain. Where it makes blocks, the next one tells. */
function overdueLines({ chains, clients }: CheckReport, nowMs: number): string[] {
  return chains.flatMap(({ chainId, status, blockTime }) => {
    const overdue = clients.filter(
      (one) => status === 'halted' && one.hostChainId === chainId && isOverdue(one),
    )
    // No header from before the halt lives longer.
    const lastMs = blockTime === null ? nowMs : Date.parse(blockTime)
    const isLate = ({ trustingPeriodMs }: ClientReport) => lastMs + (trustingPeriodMs ?? Infinity) <= nowMs
    return [false, true].flatMap((isTooLate) => {
      const number = overdue.filter((one) => isLate(one) === isTooLate).length
      const verdict = updateVerdict('by-the-clock', { since: blockTime ?? 'then', type: '', isTooLate })
      const of = `${number} ${plural(number, 'client')} on ${chainId}`
      return number === 0 ? [] : [`${of} past the deadline by the clock; ${verdict}`]
    })
  })
}

/** "1031 ok, 2 unreadable, 1 overdue" */
function countsText(clients: readonly ClientReport[]): string {
  const words = clients.map(wordOf)
  const counts = COUNTED.map((word) => [words.filter((one) => one === word).length, word] as const)
  return counts.flatMap(([number, word]) => (number > 0 ? `${number} ${word}` : [])).join(', ')
}

/** Begins what is said of a chain of which something could not be listed. */
const PARTLY = 'not all of it could be read: '
const GAPS_SHOWN = 3

/** What is worth a word about a chain that could be read: that it is halted, and what was missing. Null: nothing. */
function reasonOf(halted: string | null, gaps: readonly string[]): string | null {
  const more = gaps.length > GAPS_SHOWN ? `; and ${gaps.length - GAPS_SHOWN} more` : ''
  const partly = gaps.length > 0 ? `${PARTLY}${gaps.slice(0, GAPS_SHOWN).join('; ')}${more}` : null
  return [halted, partly].filter((part) => part !== null).join('; ') || null
}

const leftText = (leftMs: number) => (leftMs < 0 ? `${formatDuration(-leftMs)} ago` : formatDuration(leftMs))

/** A halted chain, in words. */
function haltedReason(blockTimeNs: bigint, nowMs: number): string {
  return `no block for ${formatDuration(nowMs - nsToMs(blockTimeNs))}`
}
