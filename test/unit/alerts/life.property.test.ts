// Whatever the order of readings, faults, restarts, acknowledgements and clocks: no level that lasted is skipped,
// nothing is repeated, nothing is over that was not open. The rules are stated here a second time, from the outside.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { acknowledge, isPastSaving, step } from '../../../src/alerts/life.ts'
import type { AlertState, Level, Notice, Observation } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { RANK } from '../../../src/words/levels.ts'

const POLICY = { remindEveryMs: DAY_MS, escalateAfterMs: 15 * MINUTE_MS }
const T0 = Date.UTC(2026, 10, 20, 10)

const FAMILIES: Level[][] = [
  ['ok', 'warning', 'critical', 'expired', 'frozen'],
  ['ok', 'halted', 'blind'],
  ['ok', 'low'],
]

interface Event {
  thing: number
  /** 0 is ok, the rest are the family's levels; -1: unseen. */
  level: number
  about: boolean
  mention: boolean
  leftMs: number | null
  passMs: number
  restart: boolean
  ack: 'no' | 'a week' | 'a while'
}

const event: fc.Arbitrary<Event> = fc.record({
  thing: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2) }),
  level: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: -1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(2) },
  ),
  about: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  mention: fc.boolean(),
  leftMs: fc.oneof(fc.constant(null), fc.integer({ min: -HOUR_MS, max: 20 * DAY_MS })),
  passMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 10 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.constantFrom(5 * MINUTE_MS - 1, 5 * MINUTE_MS, DAY_MS - 1, DAY_MS) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 * DAY_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: -3 * DAY_MS, max: 0 }) },
  ),
  restart: fc.boolean(),
  ack: fc.oneof(
    { weight: 8, arbitrary: fc.constant('no' as const) },
    { weight: 1, arbitrary: fc.constantFrom('a week' as const, 'a while' as const) },
  ),
})

/** What an outsider knows of one thing from what was seen and told. */
interface Outside {
  known: boolean
  level: Level
  /** Where none is open: the level past saving that is no news. */
  old: Level | null
  open: number | null
  told: boolean
  mentioned: boolean
  /** The lowest time since the last notice: what a wait is counted from when clocks go back. */
  anchorMs: number
  leftAtNoticeMs: number | null
  ack: { level: Level; atMs: number; untilMs: number } | null
  /** Since when somebody is called and nobody has it. */
  calledMs: number | null
  escalated: Level[]
}

it('holds for any story', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 60, size: 'max' }), (events) => {
      const states: (AlertState | null)[] = [null, null, null]
      const outside = states.map(
        (): Outside => ({
          known: false,
          level: 'ok',
          old: null,
          open: null,
          told: false,
          mentioned: false,
          anchorMs: 0,
          leftAtNoticeMs: null,
          ack: null,
          calledMs: null,
          escalated: [],
        }),
      )
      const everOpen = new Set<number>()
      let nowMs = T0
      let lastId = 0
      for (const event of events) {
        nowMs += event.passMs
        const { thing } = event
        const family = FAMILIES[thing]!
        const is = outside[thing]!
        if (event.ack !== 'no' && states[thing]) {
          const untilMs = nowMs + (event.ack === 'a week' ? 7 : 2) * DAY_MS
          const acked = acknowledge(states[thing], { userId: '7', untilMs, note: null }, nowMs)
          expect(acked !== null).toBe(is.open !== null)
          if (acked) {
            states[thing] = acked
            is.ack = { level: is.level, atMs: nowMs, untilMs }
            is.calledMs = null
          }
        }
        const before = event.restart
          ? (JSON.parse(JSON.stringify(states[thing])) as AlertState | null)
          : states[thing]!
        const level = event.level < 0 ? 'unseen' : family[event.level % family.length]!
        const deadlineMs = event.leftMs === null ? null : nowMs + event.leftMs
        const seen: Observation = {
          level,
          deadlineMs,
          about: event.about,
          mention: event.mention,
          first: !is.known,
        }
        const { after, notices } = step(before, seen, POLICY, nowMs, () => ++lastId)
        states[thing] = after
        if (level === 'unseen') {
          expect(after).toBe(before)
          expect(notices).toEqual([])
          continue
        }
        check(is, seen, level, notices, nowMs, deadlineMs, everOpen)
        is.known = true
        is.level = level
        expect(after).toMatchObject({ level, alertId: is.open })
        const open = outside.flatMap(({ open }) => open ?? [])
        expect(new Set(open).size).toBe(open.length)
      }
    }),
    { numRuns: 1000 },
  )
})

function check(
  is: Outside,
  seen: Observation,
  level: Level,
  notices: Notice[],
  nowMs: number,
  deadlineMs: number | null,
  everOpen: Set<number>,
): void {
  const kinds = notices.map(({ kind }) => kind)
  const from = is.level
  const wasOpen = is.open !== null
  if (nowMs < is.anchorMs) {
    // The clock went back: the last notice counts as made now.
    is.anchorMs = nowMs
    is.leftAtNoticeMs = deadlineMs === null ? null : deadlineMs - nowMs
  }
  if (is.ack && nowMs < is.ack.atMs)
    is.ack = { ...is.ack, atMs: nowMs, untilMs: nowMs + is.ack.untilMs - is.ack.atMs }
  if (is.calledMs !== null) is.calledMs = Math.min(is.calledMs, nowMs)
  const acked = is.ack !== null && nowMs < is.ack.untilMs && RANK[level] <= RANK[is.ack.level]
  const waitedMs = nowMs - is.anchorMs

  // Nothing worse than before goes untold.
  const quiet = !wasOpen && isPastSaving(level) && (seen.first || is.old === level)
  const opens = seen.about && level !== 'ok' && !wasOpen
  const worse = seen.about && wasOpen && RANK[level] > RANK[from]
  const reborn = seen.about && wasOpen && isPastSaving(from) && !isPastSaving(level)
  const otherDeath = seen.about && wasOpen && from === 'frozen' && level === 'expired' && !acked
  const expectRaised = (opens && !quiet) || (worse && !acked) || (reborn && level !== 'ok') || otherDeath
  expect(kinds.includes('raised')).toBe(expectRaised)
  expect(kinds.includes('quiet')).toBe(opens && quiet)

  // What is over was open, and was told (or came back from the dead).
  const ends = wasOpen && (level === 'ok' || !seen.about || reborn)
  const recovers = ends && isPastSaving(from) && (level === 'ok' || reborn) && (is.told || seen.about)
  expect(kinds.includes('recovered')).toBe(recovers)
  expect(kinds.includes('resolved')).toBe(ends && level === 'ok' && is.told && !recovers)
  expect(kinds.includes('withdrawn')).toBe(ends && level !== 'ok' && !seen.about && is.told)

  // Reminders: never too soon, never left out.
  const lasts = wasOpen && !ends && !kinds.includes('raised')
  const isRemindedOf = lasts && is.told
  const halfDue =
    level === 'critical' &&
    deadlineMs !== null &&
    (is.leftAtNoticeMs ?? 0) > 0 &&
    deadlineMs - nowMs <= is.leftAtNoticeMs! / 2 &&
    waitedMs >= 5 * MINUTE_MS
  const due =
    isRemindedOf &&
    (is.ack
      ? nowMs >= is.ack.untilMs && !acked
      : halfDue || (!isPastSaving(level) && waitedMs >= POLICY.remindEveryMs))
  const calls = lasts && is.told && seen.mention && !is.mentioned && !acked
  expect(kinds.includes('called')).toBe(calls)
  // Nobody acknowledged what somebody was called for: once for each level, never while somebody has it.
  const left =
    isRemindedOf &&
    is.calledMs !== null &&
    !is.ack &&
    !is.escalated.includes(level) &&
    nowMs - is.calledMs >= POLICY.escalateAfterMs
  expect(kinds.includes('escalated')).toBe(left && seen.mention && !calls)
  if (kinds.includes('reminder')) expect(due).toBe(true)
  if (due && !left) expect(kinds.some((kind) => kind === 'reminder' || kind === 'called')).toBe(true)
  if (left && !seen.mention) is.calledMs = null
  expect(kinds.length).toBeLessThanOrEqual(recovers && level !== 'ok' ? 2 : 1)

  for (const notice of notices) {
    expect(notice.level).toBe(level)
    const isNew = notice.kind === 'quiet' || (notice.kind === 'raised' && (!wasOpen || reborn))
    if (isNew) {
      expect(everOpen.has(notice.alertId)).toBe(false)
      everOpen.add(notice.alertId)
      Object.assign(is, {
        open: notice.alertId,
        told: notice.kind === 'raised',
        mentioned: notice.mention,
        ack: null,
        calledMs: notice.mention ? nowMs : null,
        escalated: [],
      })
    } else {
      expect(notice.alertId).toBe(is.open)
      if (['raised', 'called', 'reminder', 'escalated'].includes(notice.kind)) {
        is.told = true
        const again = is.ack ? nowMs : (is.calledMs ?? nowMs)
        is.calledMs = notice.mention && notice.kind !== 'escalated' ? again : null
        if (notice.kind === 'escalated') is.escalated.push(level)
        is.ack = null
      }
      is.mentioned ||= notice.mention
      if (['resolved', 'recovered', 'withdrawn'].includes(notice.kind))
        Object.assign(is, { open: null, ack: null, calledMs: null, escalated: [] })
    }
    is.anchorMs = nowMs
    is.leftAtNoticeMs = deadlineMs === null ? null : deadlineMs - nowMs
  }
  if (ends && !reborn) Object.assign(is, { open: null, told: false, ack: null })
  const known = wasOpen ? ends && level === from : level === from ? is.old === level : seen.first
  is.old = is.open === null && isPastSaving(level) && known ? level : null
}
