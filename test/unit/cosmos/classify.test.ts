// Every kind of answer that was recorded or is known, and what it means.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classify, retryAfterMs } from '../../../src/cosmos/classify.ts'

const HEIGHT = 'grpc-metadata-x-cosmos-block-height'

function of(status: number, body: unknown, headers: Record<string, string | string[]> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return classify({ status, text, headers, tookMs: 1 })
}
const grpc = (status: number, code: number, message: string, headers = {}) =>
  of(status, { code, message, details: [] }, headers)

describe('answers', () => {
  it('reads the height from either header', () => {
    expect(of(200, { a: 1 }, { [HEIGHT]: '311' })).toEqual({ kind: 'answer', json: { a: 1 }, height: 311n })
    expect(of(200, {}, { 'x-cosmos-block-height': '7' })).toMatchObject({ height: 7n })
  })

  it.each(['', '0', '-1', 'abc', '1e3', '99999999999999999999'])('takes %j for no height', (text) => {
    expect(of(200, {}, { [HEIGHT]: text })).toMatchObject({ kind: 'answer', height: null })
  })

  it('takes a height that is there twice, on the way or from the node, and not one of several', () => {
    for (const twice of ['311, 311', ['311', '311']])
      expect(of(200, {}, { [HEIGHT]: twice })).toMatchObject({ height: 311n })
    for (const several of ['311, 9000', ['311', '9000'], ['311', '-1']])
      expect(of(200, {}, { [HEIGHT]: several })).toMatchObject({ height: null })
  })

  it('takes 404 code 5 and 400 code 3 for the chain’s own no, with its height', () => {
    const message = 'client-id: 07-tendermint-5, height: 1-2000: consensus state not found'
    expect(grpc(404, 5, message, { [HEIGHT]: '14' })).toEqual({ kind: 'no', code: 5, message, height: 14n })
    expect(grpc(400, 3, 'invalid denom: 1x')).toMatchObject({ kind: 'no', code: 3, height: null })
  })

  it('goes by the gRPC code where a status was wrapped', () => {
    expect(grpc(500, 5, 'x: light client not found')).toMatchObject({ kind: 'no', code: 5 })
  })

  it('takes a bare "Not Found" for a route that is not there', () => {
    expect(grpc(404, 5, 'Not Found').kind).toBe('unsupported')
    expect(grpc(501, 12, 'Not Implemented').kind).toBe('unsupported')
  })
})

describe('too much at once', () => {
  it.each([
    [500, 13, '{ValuePerByte}'],
    [
      500,
      2,
      'codespace sdk code 11: out of gas: Query gas limit exceeded: 200000, out of gas in location: ValuePerByte',
    ],
    [429, 8, 'grpc: received message larger than max (13373951 vs. 10485760)'],
    [403, 8, 'grpc: received message larger than max (13373951 vs. 10485760)'],
  ])('%i code %i %s', (status, code, message) => {
    expect(grpc(status, code, message).kind).toBe('too-much')
  })
})

describe('a restarted node', () => {
  it('names the height to pin to', () => {
    const message =
      'codespace sdk code 26: invalid height: context did not contain latest block height in either check state or finalize block state (2)'
    expect(grpc(500, 2, message)).toEqual({ kind: 'restarted', pinTo: 2n })
  })
})

describe('outages', () => {
  it.each([
    ['a page of HTML', of(200, '<html>'), { error: 'body', reason: 'not JSON' }],
    ['nothing', of(200, ''), { error: 'body', reason: 'empty answer' }],
    ['a body cut short', of(200, '{"a":'), { error: 'body', reason: 'not JSON' }],
    ['a proxy’s 404', of(404, '<html>not found</html>'), { error: 'http', reason: '404' }],
    ['a proxy’s 404 in JSON', of(404, { message: 'no Route matched' }), { error: 'http', reason: '404' }],
    ['502', of(502, 'Bad Gateway'), { error: 'http', reason: '502' }],
    ['a 501 without a code', of(501, ''), { error: 'http', reason: '501' }],
    [
      'a redirect',
      of(301, '', { location: 'https://elsewhere/apikey/KEY' }),
      { error: 'http', reason: 'moved to https://elsewhere/…' },
    ],
    [
      'one that others ask to repeat',
      of(308, '{"code":5,"message":"moved"}', { location: 'http://h:1317' }),
      { error: 'http', reason: 'moved to http://h:1317/…' },
    ],
    ['a redirect to nowhere', of(302, ''), { error: 'http', reason: 'moved, and does not say where to' }],
    [
      'a redirect to a scheme without a host',
      of(307, '', { location: 'data:text/plain,KEY' }),
      { reason: 'moved, and does not say where to' },
    ],
    ['429', of(429, 'slow down'), { error: 'rate-limited', reason: '429', limited: true }],
    ['a ban', of(403, 'Forbidden'), { error: 'rate-limited', reason: '403', limited: true }],
    ['starting up', grpc(503, 14, 'connection refused'), { error: 'http', reason: '503' }],
    ['a panic', grpc(500, 13, 'runtime error: nil pointer'), { error: 'http', reason: '500' }],
    ['a pruned height', grpc(500, 2, 'failed to load state at height 6; pruned'), { error: 'stale' }],
    ['a future height', grpc(500, 2, 'cannot query with height in the future'), { error: 'stale' }],
    ['time-out in the node', grpc(504, 4, 'deadline exceeded'), { error: 'http', reason: '504' }],
  ])('%s', (_, verdict, expected) => {
    expect(verdict).toMatchObject({ kind: 'outage', ...expected })
  })

  it('keeps Retry-After of a 429 and of a 503', () => {
    expect(of(429, '', { 'retry-after': '7' })).toMatchObject({ retryAfter: '7' })
    expect(of(503, '', { 'retry-after': '8' })).toMatchObject({ retryAfter: '8' })
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ code: value, message: value })),
        ),
        (status, text) => {
          const verdict = classify({ status, text, headers: {}, tookMs: 1 })
          if (verdict.kind === 'answer') expect(status).toBe(200)
        },
      ),
    )
  })
})

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 10, 20, 10, 0, 0)
  it.each([
    ['120', 120_000],
    [' 1 ', 1000],
    ['0', 0],
    ['1.5', 1500],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(retryAfterMs(text, nowMs)).toBe(expected)
  })
})
