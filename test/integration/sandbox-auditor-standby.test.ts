// The auditor finds two watchers that call twice, one that speaks beside the other, and two that are both silent.
import { describe, expect, it } from 'vitest'
import { type ChannelRequest, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import { critical, DYING, END, expired, findings, HOUR, MINUTE, T0 } from '../support/auditor.ts'

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

  it('of which the second answers what it is not asked for', () => {
    const answer = (text: string): WorldEvent => ({ atMs: T0 + HOUR, kind: 'answered', text })
    expect(found([answer('**Standby**: I post only')], tagged)).toEqual([])
    expect(found([answer('💧 Sent 1 LIG')], tagged)).toEqual([
      expect.stringMatching(/^false: the second watcher answers/),
    ])
  })
})
