// What the seeds have covered: how many notices were due while each kind of fault was on.
import type { Due, WorldEvent } from '../auditor/log.ts'

const LEVELS = [
  'warning',
  'critical',
  'expired',
  'frozen',
  'reminder',
  'over',
  'blind',
  'halted',
  'storage',
] as const
/** A kill is over at once; what is due soon after it was due during it. */
const KILL_MS = 20 * 60_000

/** Adds one seed's notices to `counts`, by `fault|level`. */
export function coverageOf(
  counts: Map<string, number>,
  events: readonly WorldEvent[],
  due: readonly Due[],
  endMs: number,
): void {
  const all = faultsOf(events, endMs)
  for (const { chainId, level, fromMs, byMs } of due) {
    const faults = new Set(
      all
        .filter((one) => one.chainId === undefined || one.chainId === chainId)
        .filter((one) => one.fromMs <= byMs && one.toMs > fromMs)
        .map(({ fault }) => fault),
    )
    for (const fault of faults.size === 0 ? ['none'] : faults) {
      const key = `${fault}|${level}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
}

/** When each fault was on, and on which chain (`chainId` left out: on all). */
export function faultsOf(events: readonly WorldEvent[], endMs: number) {
  const faults: { fault: string; chainId?: string; fromMs: number; toMs: number }[] = []
  const open = new Map<string, (typeof faults)[number]>()
  const change = (key: string, atMs: number, fault: string | null, chainId?: string) => {
    const before = open.get(key)
    if (before) before.toMs = atMs
    open.delete(key)
    if (fault === null) return
    const began = { fault, chainId, fromMs: atMs, toMs: endMs }
    open.set(key, began)
    faults.push(began)
  }
  for (const event of events) {
    const { atMs } = event
    if (event.kind === 'endpoint')
      change(`${event.chainId}/${event.endpoint}`, atMs, event.fault, event.chainId)
    if (event.kind === 'discord' || event.kind === 'webhook' || event.kind === 'storage')
      change(event.kind, atMs, event.fault)
    if (event.kind === 'poison') change('poison', atMs, event.text === null ? null : 'poisoned message')
    if (event.kind === 'room')
      change(`room ${event.room}`, atMs, event.broken ? `${event.room} throws` : null)
    if (event.kind === 'bot' && event.killed)
      faults.push({ fault: 'killed', fromMs: atMs, toMs: atMs + KILL_MS })
    else if (event.kind === 'bot') change('bot', atMs, event.runs ? null : 'bot is off')
    if (event.kind === 'halted') change(`halt ${event.chainId}`, atMs, 'chain halts', event.chainId)
    if (event.kind === 'resumed') change(`halt ${event.chainId}`, atMs, null)
  }
  return faults
}

/** The counts as a table for a terminal. */
export function coverageTable(counts: ReadonlyMap<string, number>): string {
  const faults = [...new Set([...counts.keys()].map((key) => key.split('|')[0]!))].sort()
  const row = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(10)).join('')}`
  return [
    row('', LEVELS),
    ...faults.map((fault) =>
      row(
        fault,
        LEVELS.map((level) => counts.get(`${fault}|${level}`) ?? 0),
      ),
    ),
  ].join('\n')
}
