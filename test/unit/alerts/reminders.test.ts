// Reminders: when they are due, also where a clock goes back, and what an acknowledgement silences.
import { describe, expect, it } from 'vitest'
import { acknowledge, nextReminderMs, step } from '../../../src/alerts/life.ts'
import type { AlertState, Level, Observation } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { POLICY, seen, story, T0 } from './story.ts'

describe('reminders', () => {
  const at = (atMs: number, observation: Observation) => ({ atMs, seen: observation })

  it.each<Level>(['warning', 'critical', 'low', 'blind', 'halted', 'dry'])(
    'reminds of %s after the interval, to the millisecond',
    (level) => {
      const { words } = story(
        at(T0, seen(level)),
        at(T0 + DAY_MS - 1, seen(level)),
        at(T0 + DAY_MS, seen(level)),
        at(T0 + DAY_MS + 1, seen(level)),
        at(T0 + 2 * DAY_MS, seen(level)),
      )
      expect(words).toEqual([[`raised ${level}`], [], [`reminder ${level}`], [], [`reminder ${level}`]])
    },
  )

  it.each<Level>(['expired', 'frozen'])('tells %s once', (level) => {
    expect(story(at(T0, seen(level)), at(T0 + 30 * DAY_MS, seen(level))).words).toEqual([
      [`raised ${level}`],
      [],
    ])
  })

  it('reminds of critical whenever half of what was left has passed', () => {
    const deadlineMs = T0 + 8 * HOUR_MS
    const critical = seen('critical', { deadlineMs })
    const { words } = story(
      at(T0, critical),
      at(T0 + 4 * HOUR_MS - 1, critical),
      at(T0 + 4 * HOUR_MS, critical),
      at(T0 + 6 * HOUR_MS - 1, critical),
      at(T0 + 6 * HOUR_MS, critical),
    )
    expect(words.map((w) => w.length)).toEqual([1, 0, 1, 0, 1])
  })

  it('does not do that for a warning', () => {
    const warning = seen('warning', { deadlineMs: T0 + 8 * HOUR_MS })
    expect(story(at(T0, warning), at(T0 + 7 * HOUR_MS, warning)).words[1]).toEqual([])
  })

  it('never reminds of a half sooner than 5 minutes after the last notice', () => {
    const critical = seen('critical', { deadlineMs: T0 + 6 * MINUTE_MS })
    const { words } = story(
      at(T0, critical),
      at(T0 + 3 * MINUTE_MS, critical),
      at(T0 + 5 * MINUTE_MS - 1, critical),
      at(T0 + 5 * MINUTE_MS, critical),
      // The deadline has passed, the chain does not say expired: no reminder every five minutes.
      at(T0 + 20 * MINUTE_MS, critical),
      at(T0 + 40 * MINUTE_MS, critical),
    )
    expect(words.map((w) => w.length)).toEqual([1, 0, 0, 1, 1, 0])
  })

  it('says when the next one is due', () => {
    const { state } = story(seen('critical', { deadlineMs: T0 + 8 * HOUR_MS }))
    expect(nextReminderMs(state!, T0 + 8 * HOUR_MS, POLICY)).toBe(T0 + 4 * HOUR_MS)
    expect(nextReminderMs(state!, null, POLICY)).toBe(T0 + DAY_MS)
    expect(nextReminderMs(story(seen('expired')).state!, null, POLICY)).toBe(Infinity)
    expect(nextReminderMs(story(seen('ok')).state!, null, POLICY)).toBe(Infinity)
  })

  it.each<Level>(['blind', 'halted', 'warning'])('comes for %s that calls nobody yet, too', (level) => {
    const { told } = story(
      at(T0, seen(level, { mention: false })),
      at(T0 + DAY_MS, seen(level, { mention: false })),
    )
    expect(told[1]).toMatchObject([{ kind: 'reminder', mention: false }])
  })

  it('does not come where there is to be none, also not at half of what is left', () => {
    const { state } = story(seen('critical', { deadlineMs: T0 + 8 * HOUR_MS }))
    const never = { remindEveryMs: Number.POSITIVE_INFINITY }
    expect(nextReminderMs(state!, T0 + 8 * HOUR_MS, never)).toBe(Infinity)
  })
})

describe('a clock that goes back', () => {
  it('neither repeats nor puts off reminders for as long as it was ahead', () => {
    const year = 365 * DAY_MS
    const { words } = story(
      { atMs: T0 + year, seen: seen('warning') },
      { atMs: T0, seen: seen('warning') },
      { atMs: T0 + DAY_MS - 1, seen: seen('warning') },
      { atMs: T0 + DAY_MS, seen: seen('warning') },
    )
    expect(words).toEqual([['raised warning'], [], [], ['reminder warning']])
  })

  it('keeps the half of what is left right', () => {
    const critical = seen('critical', { deadlineMs: T0 + 8 * HOUR_MS })
    const { words } = story(
      { atMs: T0 + 7 * HOUR_MS, seen: critical },
      { atMs: T0, seen: critical },
      { atMs: T0 + 4 * HOUR_MS, seen: critical },
    )
    expect(words).toEqual([['raised critical'], [], ['reminder critical']])
  })
})

describe('an escalation', () => {
  const lives = (...levels: [minute: number, Level][]) => {
    let state: AlertState | null = null
    return levels.flatMap(([minute, level]) => {
      const nowMs = T0 + minute * MINUTE_MS
      const { after, notices } = step(
        state,
        seen(level),
        { ...POLICY, escalateAfterMs: HOUR_MS },
        nowMs,
        () => 41,
      )
      state = after
      return notices.map(({ kind }) => `${minute} ${kind} ${level}`)
    })
  }

  it('comes so long after somebody was first called, whatever it becomes meanwhile', () => {
    expect(lives([0, 'warning'], [59, 'critical'], [60, 'critical'], [61, 'critical'])).toEqual([
      '0 raised warning',
      '59 raised critical',
      '60 escalated critical',
    ])
    // To and fro, each time told: nobody has it for as long.
    const flaps = [0, 1, 2, 3, 4, 5, 6, 7].map((n): [number, Level] => [
      n * 9,
      n % 2 ? 'critical' : 'warning',
    ])
    expect(lives(...flaps).filter((told) => told.includes('escalated'))).toEqual([])
    expect(lives(...flaps, [64, 'critical'])).toContain('64 escalated critical')
  })

  it('of what is worse comes so long after that was told', () => {
    expect(
      lives([0, 'warning'], [60, 'warning'], [70, 'critical'], [129, 'critical'], [130, 'critical']),
    ).toEqual(['0 raised warning', '60 escalated warning', '70 raised critical', '130 escalated critical'])
  })
})

describe('an acknowledgement', () => {
  const by = (untilMs: number) => ({ userId: '7', untilMs, note: null })
  const open = (level: Level, untilMs: number = T0 + 40 * DAY_MS) =>
    acknowledge(step(null, seen(level), POLICY, T0, () => 41).after!, by(untilMs), T0)!
  const next = (state: AlertState, level: Observation['level'], atMs: number) =>
    step(state, seen(level), POLICY, atMs, () => 99)

  it('is not possible where nothing is open', () => {
    expect(acknowledge(story(seen('ok')).state!, by(T0 + DAY_MS), T0)).toBeNull()
  })

  it('silences reminders until it is over, and then who acknowledged is tagged', () => {
    const acked = open('warning')
    const later = next(acked, 'warning', T0 + 30 * DAY_MS)
    expect(later.notices).toEqual([])
    expect(next(later.after!, 'ok', T0 + 31 * DAY_MS).notices).toMatchObject([
      { kind: 'resolved', ackedBy: '7' },
    ])
  })

  it('silences reminders for its time', () => {
    const acked = open('warning', T0 + 3 * DAY_MS)
    expect(next(acked, 'warning', T0 + 3 * DAY_MS - 1).notices).toEqual([])
    expect(next(acked, 'warning', T0 + 3 * DAY_MS).notices).toMatchObject([
      { kind: 'reminder', mention: true },
    ])
  })

  it('ends when it gets worse', () => {
    const worse = next(open('warning'), 'critical', T0 + HOUR_MS)
    expect(worse.notices).toMatchObject([{ kind: 'raised', level: 'critical', mention: true, ackedBy: '7' }])
    expect(worse.after!.ack).toBeNull()
    // Who had it hears of the end all the same.
    expect(next(worse.after!, 'ok', T0 + 2 * HOUR_MS).notices).toMatchObject([
      { kind: 'resolved', ackedBy: '7' },
    ])
  })

  it('holds while it goes to and fro without getting worse than it was', () => {
    const better = next(open('critical'), 'warning', T0 + HOUR_MS)
    expect(next(better.after!, 'critical', T0 + 2 * HOUR_MS).notices).toEqual([])
  })

  it('of a quiet expired client ends when it is frozen, and names its user when it recovers', () => {
    const quiet = step(null, seen('expired', { first: true }), POLICY, T0, () => 41).after!
    const acked = acknowledge(quiet, by(T0 + DAY_MS), T0)!
    expect(next(acked, 'frozen', T0 + HOUR_MS).notices).toMatchObject([{ kind: 'raised', level: 'frozen' }])
    expect(next(acked, 'ok', T0 + HOUR_MS).notices).toMatchObject([{ kind: 'recovered', ackedBy: '7' }])
  })
})
