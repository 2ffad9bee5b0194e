// /drip over a real database and the sandbox’s HTTP server: paying, every fault, never twice.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/faucet/server.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import {
  faucetSettings,
  ligAddress,
  NOW_MS,
  person,
  SECRET,
  snowflake,
  startBench,
} from '../support/faucet.ts'
import { bench, clockOf, posts, setUp } from '../support/faucet-drip.ts'

beforeEach(setUp)
afterEach(() => bench.close())

describe('/drip', () => {
  it('pays, and answers with amount, address, hash, link and the next time', async () => {
    const address = ligAddress(1)
    const seen = await bench.drip(person(), address)
    const { hash } = bench.server.world.paid[0]!
    const next = (NOW_MS + DAY_MS) / 1000
    expect(seen.text).toBe(
      [
        `💧 Sent 100 LGT to \`${address}\`.`,
        `Transaction: \`${hash}\` <https://explorer.ligate.io/tx/${hash}>`,
        `The next one is possible <t:${next}:f> (<t:${next}:R>).`,
      ].join('\n'),
    )
    expect(bench.rows()).toMatchObject([
      { status: 'sent', tx_hash: hash, target_address: address, amount: '100 LGT' },
    ])
    expect(bench.server.requests[0]).toMatchObject({
      path: '/internal/drip',
      body: JSON.stringify({ address }),
      headers: { authorization: `Bearer ${SECRET}` },
    })
  })

  it('writes one audit line for each attempt and each outcome, in the log and in the database, without the secret', async () => {
    const who = person()
    const address = ligAddress(1)
    await bench.drip(who, address)
    await bench.drip(who, address)
    const lines = bench.log.filter((line) => line.audit === 'faucet')
    const { hash } = bench.server.world.paid[0]!
    const common = { discord_user_id: who.userId, target_address: address }
    expect(lines).toMatchObject([
      { ...common, action: 'reserved', at: new Date(NOW_MS).toISOString() },
      { ...common, action: 'sent', tx_hash: hash, at: new Date(NOW_MS).toISOString() },
      { ...common, action: 'refused', reason: 'user-recent' },
    ])
    const kept = bench.database.sql
      .prepare('SELECT action, discord_user_id, tx_hash FROM faucet_audit ORDER BY id')
      .all()
    expect(kept).toEqual([
      { action: 'reserved', discord_user_id: who.userId, tx_hash: null },
      { action: 'sent', discord_user_id: who.userId, tx_hash: hash },
      { action: 'refused', discord_user_id: who.userId, tx_hash: null },
    ])
    expect(JSON.stringify(bench.log)).not.toContain(SECRET)
  })

  it('pays the same user once in 24 h, to the millisecond', async () => {
    const who = person()
    await bench.drip(who, ligAddress(1))
    clockOf(bench).set(NOW_MS + DAY_MS - 1)
    expect((await bench.drip(who, ligAddress(2))).text).toMatch(
      /you had tokens 23 hours ago: again <t:\d+:R>/,
    )
    clockOf(bench).set(NOW_MS + DAY_MS)
    expect((await bench.drip(who, ligAddress(2))).refused).toBe(false)
    expect(bench.server.world.paid).toHaveLength(2)
  })

  it('pays once when the same user asks 50 times at the same moment', async () => {
    const who = person()
    bench.server.delay.beforeMs = 20
    const all = await Promise.all(Array.from({ length: 50 }, (_, n) => bench.drip(who, ligAddress(n))))
    expect(all.filter(({ refused }) => !refused)).toHaveLength(1)
    expect(all.filter(({ text }) => text.includes('a request of yours is being worked on'))).toHaveLength(49)
    expect(bench.server.world.paid).toHaveLength(1)
  })

  it('runs an interaction that is delivered twice once, and gives both the same answer', async () => {
    const who = person()
    const id = snowflake(NOW_MS)
    const [one, two] = await Promise.all([
      bench.drip(who, ligAddress(1), { id }),
      bench.drip(who, ligAddress(1), { id }),
    ])
    const later = await bench.drip(who, ligAddress(1), { id })
    expect(one!.text).toContain('Sent 100 LGT')
    expect(two!.text).toBe(one!.text)
    expect(later.text).toBe(one!.text)
    expect(bench.server.world.paid).toHaveLength(1)
  })

  it('serves 200 users at the same moment, a few at once', async () => {
    bench.server.delay.beforeMs = 2
    const all = await Promise.all(Array.from({ length: 200 }, (_, n) => bench.drip(person(), ligAddress(n))))
    expect(all.every(({ text }) => text.startsWith('💧'))).toBe(true)
    expect(new Set(bench.server.world.paid.map((one) => one.address)).size).toBe(200)
    expect(bench.server.open.most).toBe(3)
  })

  it('does not care for the spelling of an address', async () => {
    bench.server.delay.beforeMs = 20
    const address = ligAddress(1)
    const [one, two] = await Promise.all([
      bench.drip(person(), address),
      bench.drip(person(), address.toUpperCase()),
    ])
    expect([one!.refused, two!.refused]).toEqual([false, true])
    expect(two!.text).toBe(
      'No tokens this time: tokens for this address are being sent right now: wait a minute.',
    )
    expect(bench.server.world.paid.map((paid) => paid.address)).toEqual([address])
  })
})

describe('what the server answers', () => {
  /** Faults, with what they become and whether the faucet paid. */
  const faults: [Fault, 'failed' | 'unknown', number][] = [
    ['reset-before', 'unknown', 0],
    ['reset-after', 'unknown', 1],
    ['late-502', 'unknown', 1],
    ['lost-502', 'unknown', 0],
    ['html-502', 'unknown', 1],
    ['html-503', 'unknown', 0],
    ['html-200', 'unknown', 0],
    ['nonsense', 'unknown', 1],
    ['empty', 'unknown', 1],
    ['cut', 'unknown', 1],
    ['huge', 'unknown', 1],
    ['plain-400', 'failed', 0],
    ['redirect', 'failed', 0],
    ['rate-limited', 'failed', 0],
  ]

  it.each(faults)('%s: %s', async (fault, status, paid) => {
    const who = person()
    bench.server.fault = () => fault
    const seen = await bench.drip(who, ligAddress(1))
    expect(bench.rows()).toMatchObject([{ status }])
    expect(bench.server.world.paid).toHaveLength(paid)
    expect(posts()).toHaveLength(1)
    expect(seen.text).toContain(status === 'failed' ? 'Nothing is used up' : 'So that nothing is paid twice')
    bench.server.fault = () => null
    const again = await bench.drip(who, ligAddress(1))
    expect(again.refused).toBe(status === 'unknown')
    expect(bench.server.world.paid).toHaveLength(status === 'unknown' ? paid : 1)
  })

  it('a time-out may have paid: unknown, and one request only', async () => {
    bench.server.fault = () => 'hang-after'
    const answer = bench.drip(person(), ligAddress(1))
    while (bench.server.world.paid.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    await clockOf(bench).advance(45_000)
    expect((await answer).text).toContain('no answer within 45 s')
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'ambiguous' }])
    expect(posts()).toHaveLength(1)
  })

  it('nobody listens: a certain no, and the allowance comes back', async () => {
    const who = person()
    const dead = await startBench({ settings: () => [faucetSettings('http://127.0.0.1:1')] })
    const seen = await dead.drip(who, ligAddress(1))
    expect(seen.text).toBe(
      'No tokens were sent: the faucet could not be reached.\nNothing is used up: you can ask again.',
    )
    expect(dead.rows()).toMatchObject([{ status: 'failed', cause: 'unreachable' }])
    await dead.close()
  })

  it('a transaction that is included but reverted is no success', async () => {
    bench.server.world.reverting = true
    const seen = await bench.drip(person(), ligAddress(1))
    expect(seen.text).toContain('the transaction was included in a block, but it did not succeed')
    expect(bench.rows()).toMatchObject([{ status: 'failed', cause: 'reverted' }])
  })
})

describe('the queue', () => {
  it('tells who waits too long, and sends nothing for them', async () => {
    const slow = await startBench({
      settings: (url) => [faucetSettings(url, { queue: { inFlight: 1, waiting: 1, maxWait: '30s' } })],
    })
    slow.server.fault = (n) => (n === 0 ? 'hang-before' : null)
    const first = slow.drip(person(), ligAddress(1))
    const waiter = person()
    const second = slow.drip(waiter, ligAddress(2))
    const third = await slow.drip(person(), ligAddress(3))
    expect(third.text).toContain('there is no room to wait. Nothing was sent')
    await clockOf(slow).advance(30_000)
    expect((await second).text).toContain('It took too long until it was your turn. Nothing was sent')
    expect(slow.rows()).toHaveLength(1)
    await clockOf(slow).advance(15_000)
    expect((await first).text).toContain('I cannot tell yet')
    expect((await slow.drip(waiter, ligAddress(2))).text).toContain('Sent 100 LGT')
    await slow.close()
  })
})

it('who had to wait waits no less until the next one: the limits count from the payment', async () => {
  const one = await startBench({ settings: (url) => [faucetSettings(url, { queue: { inFlight: 1 } })] })
  const who = person()
  one.server.fault = (n) => (n === 0 ? 'hang-before' : null)
  const first = one.drip(person(), ligAddress(1))
  const waited = one.drip(who, ligAddress(2))
  await clockOf(one).advance(45_000)
  await first
  expect((await waited).text).toContain('Sent 100 LGT')
  expect(one.rows()[1]).toMatchObject({ at_ms: NOW_MS + 45_000 })
  clockOf(one).set(NOW_MS + DAY_MS + 44_999)
  expect((await one.drip(who, ligAddress(2))).text).toContain('you had tokens 23 hours ago')
  clockOf(one).set(NOW_MS + DAY_MS + 45_000)
  expect((await one.drip(who, ligAddress(2))).refused).toBe(false)
  await one.close()
})

describe('the end', () => {
  it('sends waiters away and makes calls that do not end unknown', async () => {
    const one = await startBench({ settings: (url) => [faucetSettings(url, { queue: { inFlight: 1 } })] })
    one.server.fault = () => 'hang-after'
    const flying = one.drip(person(), ligAddress(1))
    const waiting = one.drip(person(), ligAddress(2))
    while (one.server.world.paid.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    const stopped = one.room.stop(8000)
    await clockOf(one).advance(8000)
    await stopped
    expect((await waiting).text).toContain('I am being restarted. Nothing was sent')
    expect((await flying).text).toContain('I cannot tell yet')
    expect(one.rows()).toMatchObject([{ status: 'unknown', cause: 'stopped' }])
    expect((await one.drip(person(), ligAddress(3))).text).toContain('I am being restarted')
    await one.close()
  })
})
