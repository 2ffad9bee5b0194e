// The life of an alert: a table of every way that things go, and that a reminder comes when it is due.
import { describe, expect, it } from 'vitest'
import { acknowledge, nextReminderMs, step } from '../../../src/alerts/life.ts'
import type { AlertState, Level, Notice, Observation } from '../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'

const T0 = Date.UTC(2026, 10, 20, 10)
const POLICY = { remindEveryMs: DAY_MS }

function seen(level: Observation['level'], more: Partial<Observation> = {}): Observation {
  return { level, deadlineMs: null, first: false, about: true, mention: true, ...more }
}

/** Lives through observations an hour apart, and keeps what was told. */
function story(...observations: (Observation | { atMs: number; seen: Observation })[]) {
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

describe('what is told when a level changes', () => {
  it.each<[string, Observation[], string[][]]>([
    ['well and well', [seen('ok'), seen('ok')], [[], []]],
    ['a warning, once', [seen('ok'), seen('warning'), seen('warning')], [[], ['raised warning'], []]],
    ['at the first look too', [seen('warning', { first: true })], [['raised warning']]],
    [
      'escalation',
      [seen('warning'), seen('critical'), seen('expired'), seen('frozen')],
      [['raised warning'], ['raised critical'], ['raised expired'], ['raised frozen']],
    ],
    [
      'a level that did not last is skipped',
      [seen('warning'), seen('expired')],
      [['raised warning'], ['raised expired']],
    ],
    [
      'over',
      [seen('warning'), seen('critical'), seen('ok'), seen('ok')],
      [['raised warning'], ['raised critical'], ['resolved ok'], []],
    ],
    [
      'better is not told, worse again is',
      [seen('critical'), seen('warning'), seen('critical'), seen('ok')],
      [['raised critical'], [], ['raised critical'], ['resolved ok']],
    ],
    [
      'unseen neither raises nor resolves',
      [seen('warning'), seen('unseen'), seen('warning'), seen('unseen'), seen('ok')],
      [['raised warning'], [], [], [], ['resolved ok']],
    ],
    [
      'the past is quiet',
      [seen('expired', { first: true }), seen('expired'), seen('ok')],
      [['quiet expired'], [], ['recovered ok']],
    ],
    [
      'the past gets worse',
      [seen('expired', { first: true }), seen('frozen')],
      [['quiet expired'], ['raised frozen']],
    ],
    [
      'unfrozen but expired',
      [seen('frozen', { first: true }), seen('expired'), seen('expired')],
      [['quiet frozen'], ['raised expired'], []],
    ],
    ['known before but without a state', [seen('expired')], [['raised expired']]],
    [
      'back to life',
      [seen('warning'), seen('expired'), seen('ok')],
      [['raised warning'], ['raised expired'], ['recovered ok']],
    ],
    [
      'back to life, not well',
      [seen('expired', { first: true }), seen('critical'), seen('ok')],
      [['quiet expired'], ['recovered critical', 'raised critical'], ['resolved ok']],
    ],
    [
      'chains',
      [seen('halted'), seen('blind'), seen('halted'), seen('ok')],
      [['raised halted'], ['raised blind'], [], ['resolved ok']],
    ],
    [
      'wallets',
      [seen('low', { first: true }), seen('low'), seen('ok')],
      [['raised low'], [], ['resolved ok']],
    ],
  ])('%s', (_, observations, words) => {
    expect(story(...observations).words).toEqual(words)
  })

  const memory = (level: Level) => seen(level, { basis: 'memory' })
  const clock = (level: Level) => seen(level, { basis: 'clock' })
  it.each<[string, Observation[], string[][]]>([
    [
      'confirmed, once',
      [memory('expired'), memory('expired'), seen('expired'), seen('expired')],
      [['raised expired'], [], ['confirmed expired'], []],
    ],
    [
      'confirmed as less: the same alert',
      [memory('expired'), seen('critical'), seen('ok')],
      [['raised expired'], ['confirmed critical'], ['resolved ok']],
    ],
    ['confirmed as more', [memory('warning'), seen('frozen')], [['raised warning'], ['confirmed frozen']]],
    ['over: it was never true', [memory('expired'), seen('ok')], [['raised expired'], ['resolved ok']]],
    [
      'seen, then worse from memory, then seen',
      [seen('critical'), memory('critical'), memory('expired'), seen('expired')],
      [['raised critical'], [], ['raised expired'], ['confirmed expired']],
    ],
    [
      'seen, and from memory no worse: nothing to confirm',
      [seen('critical'), memory('critical'), seen('critical')],
      [['raised critical'], [], []],
    ],
    [
      'step by step',
      [memory('expired'), clock('expired'), clock('expired'), seen('expired')],
      [['raised expired'], ['confirmed expired'], [], ['confirmed expired']],
    ],
    ['by the clock, and saved', [clock('expired'), seen('ok')], [['raised expired'], ['resolved ok']]],
    [
      'by the clock at the first look is not past saving',
      [{ ...clock('expired'), first: true }],
      [['raised expired']],
    ],
    [
      'what was never told has nothing to confirm',
      [seen('expired', { first: true }), clock('expired'), seen('expired')],
      [['quiet expired'], [], []],
    ],
  ])('of what was not seen: %s', (_, observations, words) => {
    const restarted = JSON.parse(JSON.stringify(story(...observations.slice(0, -1)).state))
    expect(story(...observations).words).toEqual(words)
    // What it rested on survives a restart.
    const last = step(restarted, observations.at(-1)!, POLICY, T0 + HOUR_MS * observations.length, () => 41)
    expect(last.notices.map(({ kind, level }) => `${kind} ${level}`)).toEqual(words.at(-1))
  })

  it('an acknowledgement keeps quiet about a danger that is confirmed as it was told, not about an end', () => {
    for (const [level, kinds] of [
      ['critical', []],
      ['expired', ['confirmed']],
    ] as const) {
      const { state } = story(memory(level))
      const acked = acknowledge(state!, { userId: '7', untilMs: null, note: null }, T0)
      const { notices, after } = step(acked, seen(level), POLICY, T0 + HOUR_MS, () => 99)
      expect(notices.map(({ kind }) => kind)).toEqual(kinds)
      expect(step(after, seen(level), POLICY, T0 + HOUR_MS, () => 99).notices).toEqual([])
    }
  })

  it('keeps the number through escalations and takes a new one for the next alert', () => {
    const { told } = story(seen('warning'), seen('critical'), seen('ok'), seen('warning'))
    expect(told.flat().map(({ alertId }) => alertId)).toEqual([41, 41, 41, 42])
    expect(told[1]![0]).toMatchObject({ from: 'warning', level: 'critical', raisedMs: T0 })
  })

  it('gives an expired client that comes back in danger a new number for the new danger', () => {
    const { told, state } = story(seen('warning'), seen('expired'), seen('critical'))
    expect(told[2]!.map(({ kind, alertId }) => [kind, alertId])).toEqual([
      ['recovered', 41],
      ['raised', 42],
    ])
    expect(state).toMatchObject({ alertId: 42, toldLevel: 'critical', level: 'critical' })
  })

  it('tags on what is raised, nobody on what is over or quiet', () => {
    const { told } = story(seen('expired', { first: true }), seen('warning'), seen('ok'))
    expect(told.flat().map(({ kind, mention }) => [kind, mention])).toEqual([
      ['quiet', false],
      ['recovered', false],
      ['raised', true],
      ['resolved', false],
    ])
  })

  it('returns the very state where nothing changed', () => {
    for (const level of ['ok', 'warning', 'expired'] as const) {
      const { state } = story(seen(level))
      expect(step(state, seen(level), POLICY, T0 + MINUTE_MS, () => 99).after).toBe(state)
    }
    expect(step(null, seen('unseen'), POLICY, T0, () => 99)).toEqual({ after: null, notices: [] })
  })
})

describe('what alerts are not about', () => {
  const not = { about: false }
  it.each<[string, Observation[], string[][]]>([
    ['raises nothing', [seen('warning', not), seen('expired', not), seen('ok', not)], [[], [], []]],
    [
      'withdraws what was told',
      [seen('warning'), seen('warning', not), seen('ok', not)],
      [['raised warning'], ['withdrawn warning'], []],
    ],
    [
      'closes what was quiet without a word',
      [seen('expired', { first: true }), seen('expired', not), seen('ok', not)],
      [['quiet expired'], [], []],
    ],
    [
      'is resolved when it is well by then',
      [seen('warning'), seen('ok', not)],
      [['raised warning'], ['resolved ok']],
    ],
    [
      'past saving when it begins to matter: quiet',
      [seen('expired', not), seen('expired')],
      [[], ['quiet expired']],
    ],
    [
      'in danger when it begins to matter: raised',
      [seen('critical', not), seen('critical')],
      [[], ['raised critical']],
    ],
    ['well before it expired: news', [seen('ok', not), seen('expired')], [[], ['raised expired']]],
  ])('%s', (_, observations, words) => {
    expect(story(...observations).words).toEqual(words)
  })
})

describe('called', () => {
  it('says an alert once more, with the mention, when people are to be called for it', () => {
    const quietly = seen('blind', { mention: false })
    const { told } = story(quietly, quietly, seen('blind'), seen('blind'), seen('ok'))
    expect(told.map((notices) => notices.map(({ kind, mention }) => [kind, mention]))).toEqual([
      [['raised', false]],
      [],
      [['called', true]],
      [],
      [['resolved', false]],
    ])
  })

  it('is not needed when the raise tagged people', () => {
    expect(story(seen('blind'), seen('blind', { mention: false }), seen('blind')).words).toEqual([
      ['raised blind'],
      [],
      [],
    ])
  })

  it('calls nobody for a client that was quiet', () => {
    expect(story(seen('expired', { first: true }), seen('expired')).told[1]).toEqual([])
  })
})

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
    expect(nextReminderMs(story(seen('expired')).state!, null, POLICY)).toBeNull()
    expect(nextReminderMs(story(seen('ok')).state!, null, POLICY)).toBeNull()
  })

  it('carries the mention, unless nobody is to be called', () => {
    const { told } = story(
      at(T0, seen('blind', { mention: false })),
      at(T0 + DAY_MS, seen('blind', { mention: false })),
    )
    expect(told[1]).toMatchObject([{ kind: 'reminder', mention: false }])
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

describe('an acknowledgement', () => {
  const by = (untilMs: number | null) => ({ userId: '7', untilMs, note: null })
  const open = (level: Level, untilMs: number | null) =>
    acknowledge(step(null, seen(level), POLICY, T0, () => 41).after!, by(untilMs), T0)!
  const next = (state: AlertState, level: Observation['level'], atMs: number) =>
    step(state, seen(level), POLICY, atMs, () => 99)

  it('is not possible where nothing is open', () => {
    expect(acknowledge(story(seen('ok')).state!, by(null), T0)).toBeNull()
  })

  it('silences reminders until it is over, and then who acknowledged is tagged', () => {
    const acked = open('warning', null)
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
    const worse = next(open('warning', null), 'critical', T0 + HOUR_MS)
    expect(worse.notices).toMatchObject([{ kind: 'raised', level: 'critical', mention: true }])
    expect(worse.after!.ack).toBeNull()
    expect(next(worse.after!, 'ok', T0 + 2 * HOUR_MS).notices).toMatchObject([
      { kind: 'resolved', ackedBy: null },
    ])
  })

  it('holds while it goes to and fro without getting worse than it was', () => {
    const better = next(open('critical', null), 'warning', T0 + HOUR_MS)
    expect(next(better.after!, 'critical', T0 + 2 * HOUR_MS).notices).toEqual([])
  })

  it('of a quiet expired client ends when it is frozen, and names its user when it recovers', () => {
    const quiet = step(null, seen('expired', { first: true }), POLICY, T0, () => 41).after!
    const acked = acknowledge(quiet, by(null), T0)!
    expect(next(acked, 'frozen', T0 + HOUR_MS).notices).toMatchObject([{ kind: 'raised', level: 'frozen' }])
    expect(next(acked, 'ok', T0 + HOUR_MS).notices).toMatchObject([{ kind: 'recovered', ackedBy: '7' }])
  })
})
