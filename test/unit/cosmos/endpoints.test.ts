// The pool of one chain over small real servers: fail-over, patience, and whom it believes.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { AnswerError } from '../../../src/cosmos/types.ts'
import { failure, good, node, PATH, pool, questions, schema, serving } from './tiny-chain.ts'
import { at, BLOCKS, block, fastClock, grpc, type Reply } from './tiny-node.ts'

it('thirty endpoints that fail make one sentence, which names some of them', async () => {
  const gone = Array.from({ length: 30 }, (_, at) => `http://127.0.0.1:1/${at}`)
  const { message } = await failure(pool(gone).head())
  expect(message).toMatch(/^(127\.0\.0\.1:1 #\d+ [^,]+, ){5}127\.0\.0\.1:1 #6 [^,]+ and 24 more$/)
})

it.each([502, 501, 403])(
  'what only bears something out is tried once: %i is held against nobody',
  async (status) => {
    const a = await serving({ status, body: '<html>' })
    const chain = pool([a], { wireClock: fastClock })
    for (let i = 0; i < 8; i++) await failure(chain.get(PATH, schema, { spare: true }))
    expect(questions(a)).toBe(8)
    expect(chain.endpoints()[0]!.state).toBe('fresh')
  },
)

describe('an answer', () => {
  it('comes with its height and endpoint, after one look at the head', async () => {
    const a = await serving(good('a'))
    const chain = pool([a])
    const answers = await Promise.all([chain.get(PATH, schema), chain.get(PATH, schema)])
    expect(answers[0]).toEqual({ value: { from: 'a' }, height: 100n, endpoint: a.host, pinned: false })
    expect(a.asked).toEqual([BLOCKS, PATH, PATH])
    expect(chain.requests).toBe(3)
  })

  it('is asked below the path of the base URL, with its query and credentials, which no message repeats', async () => {
    let authorization: string | undefined
    const a = await node((path, headers) => {
      authorization = headers.authorization
      return path.includes(BLOCKS) ? block(100) : { body: { from: 5 } }
    })
    const chain = pool([`http://user:hunter2@${a.host}/cosmos/?key=sesame`])
    const error = await failure(chain.get(`${PATH}?x=1`, schema))
    expect(a.asked).toContain(`/cosmos${PATH}?x=1&key=sesame`)
    expect(authorization).toBe(`Basic ${Buffer.from('user:hunter2').toString('base64')}`)
    expect(error.kind).toBe('body')
    expect(error.message).toMatch(new RegExp(`^${a.host}: ${PATH}\\?x=1: from: `))
    expect(
      JSON.stringify([error.message, error.endpoint, chain.endpoints().map((one) => one.name)]),
    ).not.toMatch(/hunter2|sesame/)
  })

  it('is not looked for elsewhere when it is a no', async () => {
    const no = grpc(404, 5, 'x: light client not found', at(100))
    const [a, b] = [await serving(no), await serving(no)]
    const error = await pool([a, b])
      .get(PATH, schema)
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(AnswerError)
    expect(error).toMatchObject({ code: 5, height: 100n, message: 'x: light client not found' })
    expect(questions(a) + questions(b)).toBe(1)
  })

  it.each([
    ['too-much', grpc(500, 13, '{ValuePerByte}', at(100))],
    ['too-much', grpc(429, 8, 'grpc: received message larger than max (9 vs. 8)', at(100))],
    ['not-supported', grpc(501, 12, 'Not Implemented')],
  ])('is not looked for elsewhere, nor the pace lowered, when it is %s', async (kind, reply) => {
    const [a, b] = [await serving(reply), await serving(reply)]
    const chain = pool([a, b])
    await chain.head()
    const before = chain.endpoints().map((one) => one.requestsPerSecond)
    expect((await failure(chain.get(PATH, schema))).kind).toBe(kind)
    expect(questions(a) + questions(b)).toBe(1)
    expect(chain.endpoints().map((one) => one.requestsPerSecond)).toEqual(before)
  })
})

describe('fail-over', () => {
  const outages: [string, Reply][] = [
    ['502', { status: 502, body: '<html>bad gateway</html>' }],
    ['429', { status: 429 }],
    ['403', { status: 403, body: 'banned' }],
    ['HTML', { body: '<html>welcome</html>' }],
    ['not HTTP', { raw: (response) => response.socket!.end('SSH-2.0-OpenSSH\r\n') }],
    ['a reset', { raw: (response) => response.socket!.resetAndDestroy() }],
    [
      'a cut body',
      {
        raw: (response) => {
          response.writeHead(200, { 'content-length': '30' }).write('{"from":')
          setTimeout(() => response.destroy(), 10)
        },
      },
    ],
    ['a hang', { raw: () => {} }],
    [
      'a hanging body',
      {
        raw: (response) => {
          response.writeHead(200).write('{"fro')
        },
      },
    ],
    ['a body too big', { body: { from: 'x'.repeat(5000) } }],
    ['a body that does not fit', { body: { from: 7 } }],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
    ['a stale height', { headers: at(89), body: { from: 'bad' } }],
    ['a stale no', grpc(404, 5, 'x: light client not found', at(89))],
  ]
  it.each(outages)('over %s', async (what, reply) => {
    const [bad, fine] = [await serving(reply), await serving({ ...good('fine'), afterMs: 100 })]
    const chain = pool([bad, fine], {
      maxBodyBytes: 4096,
      limits: { inFlight: 4, requestsPerSecond: 1000, timeoutMs: /hang/.test(what) ? 2000 : 60_000 },
    })
    await chain.head()
    const { value } = await chain.get(PATH, schema, { avoid: fine.host })
    expect(value.from).toBe('fine')
    expect([questions(bad), questions(fine)]).toEqual([1, 1])
  })

  it('over 501 only on a route that every chain has', async () => {
    const [bad, fine] = [await serving(grpc(501, 12, 'Not Implemented')), await serving(good('fine'))]
    const chain = pool([bad, fine])
    const answer = await chain.get('/ibc/core/client/v1/client_states?pagination.limit=1', schema, {
      avoid: fine.host,
    })
    expect(answer.value.from).toBe('fine')
  })

  it('goes back only by more than ten blocks', async () => {
    const a = await serving({ headers: at(90), body: { from: 'a' } })
    expect((await pool([a]).get(PATH, schema)).height).toBe(90n)
  })

  it('marks an endpoint that answers from the past as behind, while there is another', async () => {
    const [bad, fine] = [await serving({ ...good('bad'), headers: at(60) }), await serving(good('fine'))]
    const chain = pool([bad, fine])
    await chain.get(PATH, schema, { avoid: fine.host })
    expect(chain.endpoints()[0]).toMatchObject({ state: 'behind', reason: '40 blocks behind' })
  })

  it('asks the only endpoint again, for its load balancer may have a better node', async () => {
    let asked = 0
    const a = await serving(() => (asked++ === 0 ? { ...good('old'), headers: at(60) } : good('new')))
    expect((await pool([a], { wireClock: fastClock }).get(PATH, schema)).value.from).toBe('new')
    const old = await serving({ ...good('old'), headers: at(60) })
    expect(await failure(pool([old], { wireClock: fastClock }).get(PATH, schema))).toMatchObject({
      kind: 'stale',
    })
  })

  it('tries four times in all, twice at each, and says what everybody’s trouble was', async () => {
    const [a, b] = [await serving({ status: 502 }), await serving({ body: 'hello' })]
    const c = await serving(good('c'), block(50, 41 * 60_000))
    const chain = pool([a, b, c])
    const error = await failure(chain.get(PATH, schema))
    expect(error).toMatchObject({ kind: 'no-endpoint', retryable: true })
    expect(error.message).toBe(`${a.host} 502, ${b.host} not JSON, ${c.host} 40 min behind`)
    expect([questions(a), questions(b), questions(c)]).toEqual([2, 2, 0])
  })

  it('tries the only endpoint four times', async () => {
    let asked = 0
    const a = await serving(() => (++asked < 4 ? { status: 503 } : good('a')))
    expect((await pool([a], { wireClock: fastClock }).get(PATH, schema)).value.from).toBe('a')
  })

  it('does not ask again whose answer did not fit', async () => {
    const a = await serving({ headers: at(100), body: { from: 7 } })
    expect((await failure(pool([a], { wireClock: fastClock }).get(PATH, schema))).kind).toBe('body')
    expect(questions(a)).toBe(1)
  })

  it('does not wait for more than three time-outs', async () => {
    const a = await serving({ raw: () => {} })
    const chain = pool([a], {
      limits: { inFlight: 4, requestsPerSecond: 1000, timeoutMs: 1000 },
      wireClock: fastClock,
    })
    const error = await failure(chain.get(PATH, schema))
    expect(error.message).toBe(`${a.host} time-out`)
    expect(questions(a)).toBe(3)
  })

  it('leaves an endpoint that keeps failing, and takes it back after a good health check', async () => {
    let broken = true
    const wire = new ManualClock()
    const a = await serving(() => (broken ? { raw: () => {} } : good('a')))
    const chain = pool([a], {
      limits: { inFlight: 64, requestsPerSecond: 1000, timeoutMs: 5000 },
      wireClock: wire,
      random: () => 1,
    })
    /** Lets the wire's time pass until `work` is done. */
    const passing = async <T>(work: Promise<T>): Promise<T> => {
      let over = false
      void work.finally(() => {
        over = true
      })
      while (!over) await wire.advance(20)
      return work
    }
    await chain.head()
    const startedMs = wire.now()
    const all = await passing(Promise.all(Array.from({ length: 20 }, () => failure(chain.get(PATH, schema)))))
    // Five times out, and a look again: none is waited for on its own four times.
    expect(wire.now() - startedMs).toBeLessThan(25_000)
    expect(all.every((error) => error.kind === 'no-endpoint')).toBe(true)
    expect(chain.endpoints()[0]).toMatchObject({ state: 'failing', reason: 'time-out' })
    const before = questions(a)
    await failure(chain.get(PATH, schema))
    expect(questions(a)).toBe(before)
    broken = false
    await passing(chain.head())
    expect((await passing(chain.get(PATH, schema))).value.from).toBe('a')
  })
})
