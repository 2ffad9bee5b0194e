// The auditor finds who is reminded of what they have, who is not when their time is over, and who is not called then.
import { describe, expect, it } from 'vitest'
import { type ChannelRequest, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import { critical, DYING, END, expired, findings, MINUTE } from '../support/auditor.ts'

const TAG = '<@&100000000000000000>'
const ANA = '<@200000000000000000>'
const policy = { ...POLICY, mention: [TAG] }
const tagged = DYING.map((one) => ({ ...one, tags: one.content.includes(' still ') ? [] : [TAG] }))
const atMs = critical.atMs + MINUTE
const taken = (forMs: number): WorldEvent[] =>
  [false, true].map((isTaken) => ({
    ...{ atMs, kind: 'acked', name: 'Alpha', clientId: '07-tendermint-0' },
    ...{ who: ANA, forMs, taken: isTaken },
  }))
const found = (forMs: number, posts: ChannelRequest[]) =>
  findings(taken(forMs), posts, END, undefined, policy)
/** Without the reminders of the time in which Ana has it; `also`: the first message after it calls her. */
const quietFor = (forMs: number, also: string[]) => {
  const left = tagged.filter((one) => one.atMs <= atMs || one.atMs >= atMs + forMs)
  const first = left.find((one) => one.atMs > atMs)!
  return left.map((one) => (one === first ? { ...one, tags: [...(one.tags ?? []), ...also] } : one))
}
/** Until its first reminder but one. */
const UNTIL_MS = tagged.filter((one) => one.content.includes(' still '))[1]!.atMs - atMs

describe('an alert that somebody has', () => {
  it('is quiet, and comes again when the time is over, or worse: nothing is found', () => {
    expect(found(UNTIL_MS, quietFor(UNTIL_MS, [ANA]))).toEqual([])
    const forMs = expired.atMs - atMs + 60 * MINUTE
    const worse = tagged.filter((one) => one.atMs <= atMs || one === tagged.at(-1))
    expect(
      found(
        forMs,
        worse.map((one, i) => (i === 2 ? { ...one, tags: [TAG, ANA] } : one)),
      ),
    ).toEqual([])
  })

  it('is reminded of meanwhile', () => {
    expect(found(UNTIL_MS, tagged)).toContainEqual(
      expect.stringMatching(/^doubled: <@200000000000000000> has it until/),
    )
  })

  it('does not come again when the time is over', () => {
    const posts = quietFor(UNTIL_MS + 30 * MINUTE, [ANA])
    expect(found(UNTIL_MS, posts)).toContainEqual(expect.stringMatching(/^missed: .* had it until then/))
  })

  it('calls others alone', () => {
    expect(found(UNTIL_MS, quietFor(UNTIL_MS, []))).toContainEqual(
      expect.stringMatching(/^mention: .* had it and is not called/),
    )
  })
})
