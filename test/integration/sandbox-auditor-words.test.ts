// The auditor reads the words of a line, holds what stands last against what is so, and knows what the first look saw.
import { describe, expect, it } from 'vitest'
import { judge } from '../../sandbox/auditor/judge.ts'
import { type ChannelRequest, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import { saidOf } from '../../sandbox/auditor/said.ts'
import { truthOf } from '../../sandbox/auditor/truth.ts'
import {
  but,
  DYING,
  END,
  edit,
  expired,
  findings,
  HOUR,
  MINUTE,
  over,
  PERIOD,
  post,
  T0,
  UPDATE,
  updated,
  WHO,
  WORLD,
  warning,
} from '../support/auditor.ts'

describe('the words of a line', () => {
  it('are held against what was so', () => {
    const swap = (from: string, to: string) =>
      findings([], but(warning, { ...warning, content: warning.content.replace(from, to) }))
    expect(swap('3 h', '5 h')).toEqual([expect.stringMatching(/^false: .*that much is not left/)])
    expect(swap('06:00', '07:00')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^false: .*another deadline/)]),
    )
    expect(
      findings([], but(expired, { ...expired, embeds: ['recover-client 07-tendermint-9 <substitute>'] })),
    ).toEqual([expect.stringMatching(/^bad advice: no proposal/)])
    const other = [...warning.embeds, UPDATE.replace('-0', '-7')]
    expect(findings([], but(warning, { ...warning, embeds: other }))).toEqual([
      expect.stringMatching(/^bad advice: .*for another client/),
    ])
  })

  it('say what it was: over, and not withdrawn', () => {
    const savedMs = T0 + 16.5 * HOUR
    const end = (from: string, to: string) => {
      const ended = over(savedMs + 9 * MINUTE)
      const told = { ...ended, content: ended.content.replace(from, to) }
      return findings([updated(savedMs)], [warning, told, edit(ended.atMs)], T0 + 20 * HOUR)
    }
    expect(end('was updated', 'is active again')).toEqual([
      expect.stringMatching(/^false: .*not past saving/),
    ])
    expect(end('was warning', 'was frozen')).toEqual([expect.stringMatching(/^false: .*not frozen/)])
    // "19 h left" is by an update that came an hour before the last one.
    const old = (reads: 'old' | 'all'): WorldEvent[] => [
      updated(T0 + 15.4 * HOUR),
      { atMs: savedMs, kind: 'endpoint', chainId: 'alpha-1', endpoint: 1, reads, fault: null },
    ]
    const less = (reads: 'old' | 'all', left: string) => {
      const told = over(savedMs + 9 * MINUTE)
      const text = { ...told, content: told.content.replace('19 h', left) }
      return findings([...old(reads), updated(savedMs)], [text], T0 + 20 * HOUR)
    }
    const tooLittle = [expect.stringMatching(/^false: .*that much is not left/)]
    expect([less('all', '19 h'), less('all', '18 h')]).toEqual([[], tooLittle])
    expect([less('old', '18 h'), less('old', '17 h'), less('old', '20 h')]).toEqual([
      [],
      tooLittle,
      tooLittle,
    ])
    expect(end(/.*/.exec(over(0).content)![0], `⚪ withdrawn: ${WHO} is no longer one of them`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^false: ⚪ withdrawn/)]),
    )
  })
})

it('knows each level from memory once, by the moment of the deadline and not by its minute', () => {
  const client = { chainId: 'alpha-1', endpoint: 0 }
  const dark: WorldEvent = { atMs: T0 + 15 * HOUR, kind: 'endpoint', ...client, reads: 'part', fault: '503' }
  const deadline = T0 + PERIOD + 40_000
  const told = (leftMs: number, text: string) =>
    post(
      deadline - leftMs,
      `⚫ ${text} left: ${WHO} may expire Sat 21 Nov 06:00 UTC, as of the reading 3 h ago`,
    )
  const doubles = (...posts: ChannelRequest[]) =>
    findings([updated(T0 + 40_000), dark], posts).filter((text) => text.startsWith('doubled'))
  const rise = told(4 * HOUR - 5_000, '3 h')
  expect(doubles(rise, told(2 * HOUR - 5_000, '119 min'))).toEqual([])
  expect(doubles(rise, told(2 * HOUR + 20_000, '2 h'))).toHaveLength(1)
  expect(doubles(rise, told(2 * HOUR - 5_000, '119 min'), told(HOUR, '60 min'))).toHaveLength(1)
  // What waited says what it said when it was written.
  expect(doubles(told(2 * HOUR - 5_000, '3 h'), told(2 * HOUR - 6_000, '119 min'))).toEqual([])
})

it('permits that it is active again, but past its new deadline by the clock, where it is', () => {
  const deadMs = T0 + 20 * HOUR
  const of = { chainId: 'alpha-1' }
  const halt: WorldEvent = { atMs: deadMs + 2.5 * HOUR, kind: 'halted', ...of, lastBlockMs: deadMs }
  const back = { ...updated(deadMs + 2 * HOUR), lastUpdateMs: T0 + 3 * HOUR }
  const isFalse = (hours: number, but: string, events = [back, halt]) => {
    const line = `🟢 over: ${WHO} is active again${but} (was expired, Sat 21 Nov 06:00 UTC to 09:00 UTC)`
    return findings(events, [post(deadMs + hours * HOUR, line, null)]).filter((one) => /^false/.test(one))
  }
  const late = ', but past its deadline by the clock'
  expect(isFalse(3.5, late)).toEqual([])
  expect(isFalse(3.5, '')).toHaveLength(1)
  expect(isFalse(2.7, late)).toHaveLength(1)
  expect(isFalse(2.7, ', 18 min left')).toEqual([])
  // It is lost as soon as its chain makes a block again, and if it never was, nothing is over.
  expect(isFalse(3.5, late, [back])).not.toEqual([])
  expect(isFalse(3.5, late, [{ ...halt, atMs: deadMs - HOUR }])).not.toEqual([])
})

it('holds what stands last against what is so, in whatever order it came', () => {
  const savedMs = T0 + 16.5 * HOUR
  const ended = over(savedMs + 2 * MINUTE)
  const again = { ...warning, atMs: savedMs + 3 * MINUTE, messageId: '2' }
  const found = findings([updated(savedMs)], [ended, edit(ended.atMs), again], T0 + 20 * HOUR)
  expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/^not ended: .*nothing more after/)]))
  expect(findings([], [warning, over(warning.atMs + MINUTE)], T0 + 17.5 * HOUR)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^missed: .*nothing more after 🟢 over/)]),
  )
  expect(findings([], [...DYING, edit(warning.atMs + 5 * MINUTE)])).toEqual([
    expect.stringMatching(/^false: marked as over while it lasts/),
  ])
})

it('is quiet about what was lost when the bot first looked', () => {
  const lost = { ...expired, atMs: T0 + 5 * MINUTE }
  const dead: WorldEvent[] = WORLD.map((one) =>
    one.kind === 'client' ? { ...one, lastUpdateMs: T0 - 2 * PERIOD } : one,
  )
  const truth = truthOf(dead, POLICY)
  const of = (posts: ChannelRequest[]) =>
    judge(truth, saidOf(posts, truth), POLICY, END).findings.map(({ kind }) => kind)
  expect(of([])).toEqual([])
  expect(of([lost])).toEqual(['false'])
})
