// The life of an alert, told as observations an hour apart.
import { step } from '../../../src/alerts/life.ts'
import type { AlertState, Notice, Observation } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'

export const T0 = Date.UTC(2026, 10, 20, 10)
export const POLICY = { remindEveryMs: DAY_MS }

export function seen(level: Observation['level'], more: Partial<Observation> = {}): Observation {
  return { level, deadlineMs: null, first: false, about: true, mention: true, ...more }
}

/** Lives through observations an hour apart, and keeps what was told. */
export function story(...observations: (Observation | { atMs: number; seen: Observation })[]) {
  let state: AlertState | null = null
  let id = 40
  const told: Notice[][] = []
  for (const [index, entry] of observations.entries()) {
    const at = 'seen' in entry ? entry : { atMs: T0 + index * HOUR_MS, seen: entry }
    const result = step(state, at.seen, POLICY, at.atMs, () => ++id)
    state = result.after
    told.push(result.notices)
  }
  return { state, told, words: told.map((notices) => notices.map(({ kind, level }) => `${kind} ${level}`)) }
}
