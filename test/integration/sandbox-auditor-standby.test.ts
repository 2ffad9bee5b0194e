// The auditor finds two watchers that call twice, one that speaks beside the other, and two that are both silent.
import { describe, expect, it } from 'vitest'
import { type ChannelRequest, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import {
  critical,
  DYING,
  END,
  expired,
  findings,
  HOUR,
  MINUTE,
  over,
  post,
  T0,
  WHO,
  WORLD,
} from '../support/auditor.ts'

const TAG = '<@&100000000000000000>'
const policy = { ...POLICY, mention: [TAG] }
const tagged = DYING.map((one) => ({ ...one, tags: one.content.includes(' still ') ? [] : [TAG] }))
const seconds = (atMs: number, { content, ...of }: ChannelRequest): ChannelRequest => ({
  ...{ ...of, atMs, messageId: `${atMs} second`, from: 'second', tags: [TAG] },
  content: `from the standby: ${content}`,
})
const second: WorldEvent = { atMs: T0, kind: 'second', lives: true }
const dead: WorldEvent[] = [
  { atMs: T0 + 17 * HOUR, kind: 'bot', runs: false },
  { atMs: T0 + 20.5 * HOUR, kind: 'bot', runs: true },
]
const found = (events: WorldEvent[], posts: ChannelRequest[]) =>
  findings([second, ...events], posts, END, undefined, policy).filter(
    (text) => !/^(?:late|missed): c/.test(text),
  )

describe('two watchers', () => {
  it('of which one is silent while the other speaks: nothing is found', () => {
    expect(found([], tagged)).toEqual([])
  })

  it('of which the second speaks beside the first', () => {
    const posts = [...tagged, seconds(critical.atMs + 4 * MINUTE, critical)]
    expect(found([], posts)).toContainEqual(
      expect.stringMatching(/^doubled: the second watcher speaks, though/),
    )
  })

  it('of which the second speaks in time where the first is dead, or too late, or never', () => {
    const living = tagged.filter(({ atMs }) => atMs < T0 + 17 * HOUR)
    const back = { ...expired, atMs: T0 + 20.5 * HOUR + MINUTE, tags: [] }
    const calls = (afterMs: number) => [critical, expired].map((one) => seconds(one.atMs + afterMs, one))
    expect(found(dead, [...living, ...calls(4 * MINUTE), back])).toEqual([])
    expect(found(dead, [...living, ...calls(MINUTE), back])).toContainEqual(
      expect.stringMatching(/^doubled: the second watcher leaves the first one no turn: 🔴 119 min left/),
    )
    expect(found(dead, [...living, ...calls(15 * MINUTE), back])).toContainEqual(
      expect.stringMatching(/^late: by neither of two: critical/),
    )
    expect(found(dead, [...living, { ...back, tags: [TAG] }])).toContainEqual(
      expect.stringMatching(/^(?:late|missed): by neither of two: expired/),
    )
  })

  it('of which the first calls again for what the second has told', () => {
    const living = tagged.filter(({ atMs }) => atMs < T0 + 17 * HOUR)
    const calls = [critical, expired].map((one) => seconds(one.atMs + 4 * MINUTE, one))
    const back = { ...expired, atMs: T0 + 20.5 * HOUR + MINUTE, tags: [TAG] }
    expect(found(dead, [...living, ...calls, back])).toEqual([
      expect.stringMatching(/^doubled: called twice/),
    ])
  })

  it('of which the first calls for more in one post than the second has told', () => {
    const living = tagged.filter(({ atMs }) => atMs < T0 + 17 * HOUR)
    const calls = [critical, expired].map((one) => seconds(one.atMs + 4 * MINUTE, one))
    const other = {
      ...WORLD.find(({ kind }) => kind === 'client')!,
      clientId: '07-tendermint-1',
    } as WorldEvent
    const storm = {
      ...{ ...expired, atMs: T0 + 20.5 * HOUR + MINUTE, tags: [TAG] },
      content: `🔴 2 expired on Alpha\n${expired.content}\n${expired.content.replace('-0', '-1')}`,
    }
    const twice = (...more: ChannelRequest[]) =>
      found([other, ...dead], [...living, ...calls, ...more, storm]).filter((text) =>
        text.includes('called twice'),
      )
    expect(twice()).toEqual([])
    const both = { ...expired, content: expired.content.replace('-0', '-1') }
    expect(twice(seconds(expired.atMs + 5 * MINUTE, both))).toHaveLength(2)
    // Of what was over since.
    expect(twice(seconds(critical.atMs, both))).toEqual([])
  })

  it('of which the first is quiet for what nobody was called for, or what has been over since', () => {
    const living = tagged.filter(({ atMs }) => atMs < T0 + 17 * HOUR)
    const calls = [critical, expired].map((one) => seconds(one.atMs + 4 * MINUTE, one))
    const back = { ...expired, atMs: T0 + 20.5 * HOUR + MINUTE, tags: [] }
    const quiet = [expect.stringMatching(/^mention: nobody is called: 🔴 EXPIRED/)]
    const mentions = (posts: ChannelRequest[]) =>
      found(dead, [...living, ...posts, back]).filter((text) => text.startsWith('mention'))
    expect(mentions(calls)).toEqual([])
    expect(mentions(calls.slice(0, 1))).toEqual(quiet)
    expect(mentions(calls.map((one) => ({ ...one, tags: [] })))).toEqual(expect.arrayContaining(quiet))
    expect(mentions([...calls, { ...seconds(T0 + 20.2 * HOUR, over(0)), tags: [] }])).toEqual(quiet)
  })

  it('of which the second has called for a chain: for that trouble alone, and until it is over', () => {
    const [haltMs, backMs] = [T0 + 12 * HOUR, T0 + 13 * HOUR]
    const events: WorldEvent[] = [
      { atMs: haltMs - 5 * MINUTE, kind: 'bot', runs: false },
      { atMs: haltMs, kind: 'halted', chainId: 'alpha-1', lastBlockMs: haltMs },
      { atMs: backMs, kind: 'bot', runs: true },
    ]
    const halted = post(0, '⏸ HALTED: Alpha has made no block for 10 min (last 1 at 22:00 UTC).', null)
    const blind = post(0, '⚫ BLIND 10 min: Alpha, 0 of 1 endpoint. lcd 503', null)
    const again = post(0, '🟢 over: Alpha makes blocks again (was halted)', null)
    const back = { ...halted, atMs: backMs + MINUTE, content: halted.content.replace('10 min', '61 min') }
    const mentions = (...posts: ChannelRequest[]) =>
      findings(
        [second, ...events],
        [...posts, { ...back, tags: [] }],
        T0 + 14 * HOUR,
        undefined,
        policy,
      ).filter((text) => text.startsWith('mention'))
    const quiet = [expect.stringMatching(/^mention: nobody is called: ⏸ HALTED: Alpha .* 61 min/)]
    const call = seconds(haltMs + 14 * MINUTE, halted)
    expect(mentions(call)).toEqual([])
    expect(mentions()).toEqual(quiet)
    expect(mentions({ ...call, tags: [] })).toEqual(quiet)
    expect(mentions(seconds(call.atMs, blind))).toEqual(quiet)
    expect(mentions(seconds(haltMs - HOUR, halted))).toEqual(quiet)
    expect(mentions(call, seconds(haltMs + 30 * MINUTE, again))).toEqual(quiet)
    const all = (on: WorldEvent[], ...posts: ChannelRequest[]) =>
      findings([second, ...on], posts, T0 + 14 * HOUR, undefined, policy)
    const twice = expect.stringMatching(/^doubled: called twice: ⏸ HALTED/)
    expect(all(events, call, { ...back, tags: [TAG] })).toEqual([twice])
    expect(all(events, seconds(haltMs + 6 * MINUTE, halted), back)).toContainEqual(
      expect.stringMatching(/^doubled: the second watcher leaves the first one no turn: ⏸/),
    )
    expect(all(events, { ...call, tags: [] }, { ...back, tags: [TAG] })).toEqual([])
    const beside = { ...halted, atMs: haltMs + 11 * MINUTE, messageId: 'beside', tags: [TAG] }
    expect(all(events.slice(1, 2), beside)).toEqual([])
    expect(all(events.slice(1, 2), beside, call)).toContainEqual(
      expect.stringMatching(/^doubled: the second watcher speaks, though the first one can: ⏸/),
    )
  })

  it('of which one has feared worse by an older reading: that stands until it is over or the chain is read', () => {
    const reads = (hours: number, what: 'all' | 'nothing'): WorldEvent => ({
      ...{ atMs: T0 + hours * HOUR, kind: 'endpoint', chainId: 'alpha-1', endpoint: 0, reads: what },
      fault: what === 'all' ? null : '503',
    })
    const said = (text: string) => post(T0 + 17 * HOUR, text.replace('WHO', WHO), null)
    const feared = said('⚫ MAY HAVE EXPIRED Sat 21 Nov 02:55 UTC: WHO, as of the reading 2 h ago')
    const warned = said('⚫ 50 min left: WHO may expire Sat 21 Nov 03:50 UTC, as of the reading 2 h ago')
    const neither = (posts: ChannelRequest[], ...events: WorldEvent[]) =>
      findings([second, reads(15, 'nothing'), ...events], posts, END, undefined, policy).filter((text) =>
        text.includes('by neither of two'),
      )
    const both = ['critical', 'expired'].map((level) =>
      expect.stringMatching(new RegExp(`^missed: by neither of two: ${level}`)),
    )
    expect(neither([feared])).toEqual([])
    expect(neither([warned])).toEqual(both)
    expect(neither([feared, over(T0 + 17.5 * HOUR)])).toEqual(both)
    expect(neither([feared], reads(17.2, 'all'), reads(17.8, 'nothing'))).toEqual(both)
  })

  it('of which the second answers what it is not asked for', () => {
    const answer = (text: string): WorldEvent => ({ atMs: T0 + HOUR, kind: 'answered', text })
    expect(found([answer('**Standby**: I post only')], tagged)).toEqual([])
    expect(found([answer('💧 Sent 1 LIG')], tagged)).toEqual([
      expect.stringMatching(/^false: the second watcher answers/),
    ])
  })
})
