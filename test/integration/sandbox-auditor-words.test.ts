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
    expect(end(/.*/.exec(over(0).content)![0], `⚪ withdrawn: ${WHO} is no longer one of them`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^false: ⚪ withdrawn/)]),
    )
  })
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
