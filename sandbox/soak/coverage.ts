// What the seeds have covered: how many notices were due while each kind of fault was on.
import type { Due, WorldEvent } from '../auditor/log.ts'
import {
  DISCORD_FAULTS,
  ENDPOINT_FAULTS,
  ODD_FAULTS,
  PAGER_FAULTS,
  ROOMS,
  STORAGE_FAULTS,
  WEBHOOK_FAULTS,
} from './faults.ts'

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
  'page',
  'second',
] as const
/** A kill is over at once, and so is a new start of a chain; what is due soon after it was due during it. */
const KILL_MS = 20 * 60_000
const ANEW_MS = 60 * 60_000

/** Every kind of fault that there is. */
const FAULTS = [
  ...[ENDPOINT_FAULTS, DISCORD_FAULTS, WEBHOOK_FAULTS, ODD_FAULTS, PAGER_FAULTS].flatMap((kinds) =>
    Object.keys(kinds),
  ),
  ...STORAGE_FAULTS,
  ...Object.keys(ROOMS).map((room) => `${room} throws`),
  ...['poisoned message', 'killed', 'bot is off', 'chain halts', 'chain begins anew'],
  ...['bot is stopped', 'first is cut off', 'second watcher', 'second is away'],
]
/** What is covered less often has shown too little. */
const LEAST = 20

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
    if (
      event.kind === 'discord' ||
      event.kind === 'webhook' ||
      event.kind === 'storage' ||
      event.kind === 'pager'
    )
      change(event.kind, atMs, event.fault)
    if (event.kind === 'poison') change('poison', atMs, event.text === null ? null : 'poisoned message')
    if (event.kind === 'room')
      change(`room ${event.room}`, atMs, event.broken ? `${event.room} throws` : null)
    if (event.kind === 'bot' && event.killed)
      faults.push({ fault: 'killed', fromMs: atMs, toMs: atMs + KILL_MS })
    else if (event.kind === 'bot')
      change('bot', atMs, event.runs ? null : event.halted ? 'bot is stopped' : 'bot is off')
    if (event.kind === 'second') change('second', atMs, event.lives ? 'second watcher' : 'second is away')
    if (event.kind === 'cut') change('cut', atMs, event.cut ? 'first is cut off' : null)
    if (event.kind === 'restarted') {
      const { chainId } = event
      faults.push({ fault: 'chain begins anew', chainId, fromMs: atMs, toMs: atMs + ANEW_MS })
    }
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

/** Kinds of faults and of notices that are covered too seldom, with how often they are. */
export function rareIn(counts: ReadonlyMap<string, number>): string {
  const sumOf = (part: 0 | 1, name: string) =>
    [...counts].reduce((sum, [key, count]) => sum + (key.split('|')[part] === name ? count : 0), 0)
  const rare = [
    ...FAULTS.map((fault) => [fault, sumOf(0, fault)] as const),
    ...LEVELS.map((level) => [level, sumOf(1, level)] as const),
  ].filter(([, sum]) => sum < LEAST)
  return rare.length === 0
    ? `Each kind at least ${LEAST} times.`
    : `Fewer than ${LEAST}: ${rare.map(([kind, sum]) => `${kind} ${sum}`).join(', ')}.`
}
