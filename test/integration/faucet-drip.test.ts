// /drip over a real database and the sandbox's HTTP server: paying, refusing, every fault, never twice.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/faucet/server.ts'
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import {
  type Bench,
  faucetSettings,
  ligAddress,
  NOW_MS,
  person,
  SECRET,
  snowflake,
  startBench,
} from '../support/faucet.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.close())

const posts = () => bench.server.requests.filter(({ method }) => method === 'POST')
const clockOf = (one: Bench) => one.clock as ManualClock

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

describe('what stays unknown', () => {
  it('is resolved by its hash, and the answer is edited', async () => {
    bench.server.fault = () => 'late-502'
    const seen = await bench.drip(person(), ligAddress(1))
    const { hash } = bench.server.world.paid[0]!
    expect(seen.text).toContain(hash)
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: hash }])
    expect(bench.edits).toHaveLength(1)
    expect(bench.edits[0]!.text).toContain(`💧 Sent tokens to \`${ligAddress(1)}\``)
    expect(bench.dms).toEqual([])
  })

  it('is told by direct message when the answer can no longer be changed, once', async () => {
    const who = person()
    bench.server.fault = () => 'late-502'
    bench.server.world.hiddenForMs = HOUR_MS
    await bench.drip(who, ligAddress(1))
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', checks: 1 }])
    clockOf(bench).set(NOW_MS + HOUR_MS)
    await bench.room.tick()
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent' }])
    expect(bench.edits).toEqual([])
    expect(bench.dms).toHaveLength(1)
    expect(bench.dms[0]!.userId).toBe(who.userId)
  })

  it('is looked for ever more seldom, for a week, and then left to the moderators', async () => {
    bench.server.fault = () => 'lost-502'
    await bench.drip(person(), ligAddress(1))
    const lookups = () => bench.server.requests.filter(({ path }) => path.startsWith('/v1/txs/')).length
    const lookedUpBy = async (ms: number) => {
      clockOf(bench).set(NOW_MS + ms)
      await bench.room.tick()
      return lookups()
    }
    expect(await lookedUpBy(0)).toBe(1)
    expect(await lookedUpBy(14_999)).toBe(1)
    expect(await lookedUpBy(15_000)).toBe(2)
    expect(await lookedUpBy(44_999)).toBe(2)
    expect(await lookedUpBy(45_000)).toBe(3)
    expect(await lookedUpBy(7 * DAY_MS)).toBe(4)
    expect(await lookedUpBy(7 * DAY_MS + HOUR_MS)).toBe(4)
    expect(await lookedUpBy(30 * DAY_MS)).toBe(4)
    expect(bench.rows()).toMatchObject([{ status: 'unknown', next_check_ms: null }])
  })

  it('gives the allowance back when the transaction turns out to have reverted', async () => {
    const who = person()
    bench.server.fault = () => 'late-502'
    bench.server.world.reverting = true
    await bench.drip(who, ligAddress(1))
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'failed', cause: 'reverted' }])
    bench.server.fault = () => null
    bench.server.world.reverting = false
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
  })

  it('a reserved row found at the start becomes unknown, never a refund, and the user is told', async () => {
    const who = person()
    bench.server.fault = () => 'hang-after'
    const lost = bench.drip(who, ligAddress(1))
    while (bench.server.world.paid.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(bench.rows()).toMatchObject([{ status: 'reserved' }])
    const dead = bench.room
    bench.restart()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
    expect((await bench.drip(who, ligAddress(2))).text).toContain('may have been paid')
    await bench.room.tick()
    expect(bench.dms.at(-1)!.text).toContain('I was restarted while the faucet was working')
    await dead.stop(0)
    await lost
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
  })
})

describe('a database that fails', () => {
  /** Makes writes of this kind fail, as a full disk would. Returns a function that mends it. */
  const breakIt = (event: 'INSERT ON drips' | 'UPDATE ON drips' | 'INSERT ON faucet_audit') => {
    const { sql } = bench.database
    sql.exec(
      `CREATE TRIGGER broken BEFORE ${event} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    return () => sql.exec('DROP TRIGGER broken')
  }

  it('while reserving: nothing is sent, nothing is used up, and the next one is served', async () => {
    for (const event of ['INSERT ON drips', 'INSERT ON faucet_audit'] as const) {
      const mend = breakIt(event)
      for (let n = 0; n < 5; n++)
        await expect(bench.drip(person(), ligAddress(n))).rejects.toThrow('disk is full')
      expect(posts()).toEqual([])
      mend()
    }
    expect(bench.rows()).toEqual([])
    expect((await bench.drip(person(), ligAddress(1))).text).toContain('Sent 100 LGT')
  })

  it('while settling: the user is told, and it is written as soon as it can be', async () => {
    const who = person()
    const mend = breakIt('UPDATE ON drips')
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
    expect(bench.rows()).toMatchObject([{ status: 'reserved' }])
    await bench.room.tick()
    expect((await bench.drip(who, ligAddress(2))).text).toContain('is being worked on')
    mend()
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: bench.server.world.paid[0]!.hash }])
    expect((await bench.drip(who, ligAddress(2))).text).toContain('you had tokens')
    expect(bench.server.world.paid).toHaveLength(1)
  })

  it('while settling, and the process ends: unknown at the next start', async () => {
    const mend = breakIt('UPDATE ON drips')
    await bench.drip(person(), ligAddress(1))
    mend()
    bench.restart()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
  })

  it('while refusing: the user is refused all the same', async () => {
    breakIt('INSERT ON faucet_audit')
    expect((await bench.drip(person({ pending: true }), ligAddress(1))).text).toContain('screening')
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
