// What each answer of a webhook means for the row that was sent.
import { describe, expect, it } from 'vitest'
import { judgeAnswer, type WebhookVerdict } from '../../../../src/alerts/outbox/verdict.ts'

const HOUR_MS = 3_600_000

function answer(status: number, body: unknown = {}, headers: Record<string, string> = {}): WebhookVerdict {
  return judgeAnswer({ status, body, headers })
}

describe('judgeAnswer', () => {
  it.each<[number, unknown, WebhookVerdict['kind']]>([
    [200, { id: '1' }, 'accepted'],
    [200, '<html>', 'uncertain'],
    [200, { code: 50035 }, 'uncertain'],
    [204, null, 'uncertain'],
    [301, {}, 'uncertain'],
    [400, { code: 50035 }, 'refused'],
    [400, { code: '50035' }, 'wait'],
    [400, { code: 220001 }, 'wait'],
    [400, '<html>', 'wait'],
    [401, { code: 50027 }, 'gone'],
    [401, { code: 0 }, 'wait'],
    [403, '<html>', 'wait'],
    [403, { code: 50013 }, 'wait'],
    [404, { code: 10015 }, 'gone'],
    [404, { code: 10003 }, 'wait'],
    [404, '<html>', 'wait'],
    [404, { code: 10008 }, 'no-message'],
    [407, '', 'wait'],
    [408, {}, 'uncertain'],
    [413, {}, 'wait'],
    [429, {}, 'wait'],
    [500, {}, 'uncertain'],
    [500, { code: 50035 }, 'uncertain'],
    [502, '<html>', 'uncertain'],
  ])('%i with %j is %s', (status, body, kind) => {
    expect(answer(status, body).kind).toBe(kind)
  })

  it.each([408, 504, 522, 524])(
    '%i may still be accepted: somebody before Discord did not wait',
    (status) => {
      expect(answer(status, '<html>')).toMatchObject({ kind: 'uncertain', lateMs: 10_000 })
    },
  )

  it('takes the id and the channel from what was accepted; without an id nothing is', () => {
    expect(answer(200, { id: '5', channel_id: '7' })).toEqual({
      kind: 'accepted',
      messageId: '5',
      channelId: '7',
      pauseMs: 0,
    })
    for (const body of [null, 'text', [], { id: 5 }]) {
      expect(answer(200, body)).toMatchObject({ kind: 'uncertain', reason: expect.stringMatching(/^200 /) })
    }
  })

  it.each<[unknown, Record<string, string>, number]>([
    [{ retry_after: 0.3004 }, { 'retry-after': '1' }, 301],
    [{}, { 'x-ratelimit-reset-after': '0.5', 'retry-after': '1' }, 500],
    ['<html>', { 'retry-after': '3600' }, HOUR_MS],
    [{ retry_after: 0 }, {}, 100],
    [{ retry_after: -1 }, { 'retry-after': 'soon' }, 5000],
    [{ retry_after: 1e9 }, {}, 6 * HOUR_MS],
    [null, {}, 5000],
  ])('429 with %j and %j waits %i ms', (body, headers, waitMs) => {
    expect(answer(429, body, headers)).toMatchObject({ kind: 'wait', waitMs })
  })

  it.each([
    ['0', '1.25', 1250],
    ['0', '', 0],
    ['1', '1.25', 0],
  ])('with %s remaining and a reset after %j s it pauses %i ms', (remaining, after, pauseMs) => {
    const headers = { 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset-after': after }
    expect(answer(200, { id: '1' }, headers)).toMatchObject({ pauseMs })
  })

  it('gives the reason in Discord’s words', () => {
    expect(answer(404, { code: 10015, message: 'Unknown Webhook' })).toMatchObject({
      reason: '404 Unknown Webhook (10015)',
    })
    expect(answer(502, '<html>')).toMatchObject({ reason: '502' })
    const foreign = answer(403, { message: 'https://discord.com/api/webhooks/1/secret is blocked' })
    expect(foreign).toMatchObject({ reason: expect.stringMatching(/^403: no answer of Discord/) })
    expect(JSON.stringify(foreign)).not.toContain('secret')
  })
})
