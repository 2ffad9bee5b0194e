// The life of an alert: a table of every way that things go.
import { describe, expect, it } from 'vitest'
import { acknowledge, step } from '../../../src/alerts/life.ts'
import type { Level, Observation } from '../../../src/alerts/types.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { POLICY, seen, story, T0 } from './story.ts'

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
      'by the clock, then withdrawn: that it is lost by then is news',
      [
        clock('expired'),
        { ...clock('expired'), about: false },
        seen('expired', { about: false }),
        seen('expired'),
      ],
      [['raised expired'], ['withdrawn expired'], [], ['raised expired']],
    ],
    [
      'from memory, then withdrawn: that it is lost by then is news',
      [memory('expired'), seen('expired', { about: false }), seen('expired')],
      [['raised expired'], ['withdrawn expired'], ['raised expired']],
    ],
    [
      'saved while nobody saw it, and past its new deadline by the clock',
      [seen('expired'), memory('expired'), clock('expired'), clock('expired'), seen('expired')],
      [['raised expired'], [], ['recovered expired', 'raised expired'], [], ['confirmed expired']],
    ],
    [
      'lost before the first look, saved, and past its new deadline by the clock',
      [seen('expired', { first: true }), clock('expired'), seen('expired')],
      [['quiet expired'], ['recovered expired', 'raised expired'], ['confirmed expired']],
    ],
    [
      'not frozen any more, and past its deadline by the clock',
      [seen('frozen'), clock('expired'), seen('ok')],
      [['raised frozen'], ['recovered expired', 'raised expired'], ['resolved ok']],
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
      const acked = acknowledge(state!, { userId: '7', untilMs: T0 + 24 * HOUR_MS, note: null }, T0)
      const { notices, after } = step(acked, seen(level), POLICY, T0 + HOUR_MS, () => 99)
      expect(notices.map(({ kind }) => kind)).toEqual(kinds)
      expect(step(after, seen(level), POLICY, T0 + HOUR_MS, () => 99).notices).toEqual([])
    }
  })

  it('says since when it was what it is no longer', () => {
    const since = (ms: number) => ({ sinceMs: T0 + ms })
    const expired = seen('expired', since(90 * MINUTE_MS))
    // Raised as a warning at 0 h, past its deadline at 1 h 30, heard of at 2 h.
    for (const end of [seen('ok'), seen('critical')]) {
      const { told } = story(seen('warning'), seen('critical'), expired, expired, end)
      expect(told[4]![0]).toMatchObject({ kind: 'recovered', raisedMs: T0, fromMs: T0 + 90 * MINUTE_MS })
    }
    expect(story(seen('warning'), seen('critical'), seen('ok')).told[2]![0]!.fromMs).toBe(T0 + HOUR_MS)
    const { told } = story({ ...expired, first: true }, seen('ok'))
    expect(told[1]![0]).toMatchObject({ kind: 'recovered', fromMs: T0 + 90 * MINUTE_MS })
  })

  it.each(['memory', 'seen'] as const)(
    'was lost by its new deadline, where it was saved unseen: %s',
    (basis) => {
      const expired = (ms: number, of: Observation['basis'] = 'seen') =>
        seen('expired', { basis: of, sinceMs: T0 + ms })
      const { told } = story(expired(-HOUR_MS, basis), expired(30 * MINUTE_MS), seen('ok'))
      expect(told[2]![0]).toMatchObject({ kind: 'recovered', fromMs: T0 + 30 * MINUTE_MS })
    },
  )

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
      'past saving since, when it begins to matter: news',
      [seen('ok', not), seen('frozen', not), seen('frozen'), seen('ok')],
      [[], [], ['raised frozen'], ['recovered ok']],
    ],
    [
      'past saving when first seen, and when it begins to matter: quiet',
      [seen('expired', { ...not, first: true }), seen('expired')],
      [[], ['quiet expired']],
    ],
    [
      'past saving when first seen, and worse when it begins to matter: news',
      [seen('expired', { ...not, first: true }), seen('frozen', not), seen('frozen')],
      [[], [], ['raised frozen']],
    ],
    [
      'told, withdrawn, and claimed again as it was: quiet',
      [seen('expired'), seen('expired', not), seen('expired', not), seen('expired')],
      [['raised expired'], ['withdrawn expired'], [], ['quiet expired']],
    ],
    [
      'withdrawn in danger, and lost when it is claimed again: news',
      [seen('critical'), seen('critical', not), seen('expired', not), seen('expired')],
      [['raised critical'], ['withdrawn critical'], [], ['raised expired']],
    ],
    [
      'quiet when first seen, withdrawn, and claimed again: quiet',
      [seen('frozen', { first: true }), seen('frozen', not), seen('frozen'), seen('ok')],
      [['quiet frozen'], [], ['quiet frozen'], ['recovered ok']],
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
