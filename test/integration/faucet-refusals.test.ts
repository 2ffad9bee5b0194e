// Refusals from end to end: every reason at once, direct messages under their rules, secrets nowhere, the daily total.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import type { FaucetInput } from '../../src/faucet/schema.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import {
  type Bench,
  CHANNEL,
  cosmosAddress,
  faucetSettings,
  ligAddress,
  NOW_MS,
  person,
  snowflake,
  startBench,
} from '../support/faucet.ts'

let bench: Bench
const start = async (changes: Partial<FaucetInput> = {}) => {
  bench = await startBench({ settings: (url) => [faucetSettings(url, changes)] })
}
beforeEach(() => start())
afterEach(() => bench.close())
const clock = () => bench.clock as ManualClock
/** Direct messages are sent beside the answer. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a refusal', () => {
  it('tells every reason at once, pays nothing and calls nobody', async () => {
    const young = person({
      userId: snowflake(NOW_MS - 3 * DAY_MS),
      joinedAtMs: NOW_MS - HOUR_MS,
      pending: true,
    })
    const seen = await bench.drip(young, cosmosAddress(1), { channelId: '900000000000000009' })
    expect(seen.refused).toBe(true)
    expect(seen.text.split('\n')).toEqual([
      'No tokens this time, for 5 reasons:',
      '• this is a cosmos1 address; this faucet pays lig1… addresses',
      `• the faucet works only in <#${CHANNEL}>`,
      expect.stringMatching(
        /^• your account is 3 days old; it must be 7 days: try again on <t:\d+:f> \(<t:\d+:R>\)$/,
      ),
      expect.stringMatching(
        /^• you joined this server 60 minutes ago; it must be 24 hours: try again on <t:/,
      ),
      "• you have not passed this server's membership screening yet: accept the rules first",
    ])
    expect(bench.server.requests).toEqual([])
    expect(bench.rows()).toEqual([])
  })

  it('a user who leaves and joins again waits again, and keeps no second allowance', async () => {
    const who = person()
    await bench.drip(who, ligAddress(1))
    clock().set(NOW_MS + DAY_MS)
    const back = { ...who, joinedAtMs: NOW_MS + DAY_MS - HOUR_MS }
    expect((await bench.drip(back, ligAddress(1))).text).toContain('you joined this server 60 minutes ago')
    clock().set(NOW_MS + HOUR_MS)
    const early = { ...who, joinedAtMs: NOW_MS - 2 * DAY_MS }
    expect((await bench.drip(early, ligAddress(2))).text).toContain('you had tokens 60 minutes ago')
  })

  it('a member without a date of joining is told so', async () => {
    expect((await bench.drip(person({ joinedAtMs: null }), ligAddress(1))).text).toContain(
      'Discord does not tell me when you joined',
    )
  })

  it('counts by the time of the interaction, so a wrong clock of this machine gives nothing away', async () => {
    const who = person()
    await bench.drip(who, ligAddress(1))
    clock().set(NOW_MS + 10 * DAY_MS)
    const id = snowflake(NOW_MS + HOUR_MS)
    expect((await bench.drip(who, ligAddress(1), { id })).text).toContain('you had tokens 60 minutes ago')
    clock().set(NOW_MS - 10 * DAY_MS)
    expect((await bench.drip(who, ligAddress(1))).refused).toBe(true)
    expect(bench.server.world.paid).toHaveLength(1)
  })

  it('a secret is warned about, and is neither logged nor stored nor sent', async () => {
    const phrase = 'abandon ability able about above absent absorb abstract absurd abuse access accident'
    const key = `${'c0ffee'.repeat(10)}abcd`
    for (const secret of [phrase, key, `lig1 ${phrase}`]) {
      expect((await bench.drip(person(), secret)).text).toContain('Never share it with anybody')
      expect((await bench.type(person(), 'drip', { address: secret, chain: 'ligate-devnet' })).refused).toBe(
        true,
      )
    }
    await settled()
    const everything = [
      JSON.stringify(bench.log),
      JSON.stringify(bench.dms),
      JSON.stringify(bench.database.sql.prepare('SELECT * FROM faucet_audit').all()),
      bench.database.sql.serialize().toString('latin1'),
    ].join()
    expect(everything).not.toContain('absorb')
    expect(everything).not.toContain('c0ffee')
    expect(everything).toContain('address-secret')
    expect(bench.server.requests).toEqual([])
  })
})

describe('direct messages', () => {
  it('one per user and reason in ten minutes', async () => {
    const who = person({ joinedAtMs: NOW_MS - HOUR_MS })
    const ask = async () => {
      await bench.drip(who, ligAddress(1))
      await settled()
      return bench.dms.length
    }
    expect(await ask()).toBe(1)
    expect(await ask()).toBe(1)
    clock().set(NOW_MS + 10 * MINUTE_MS - 1)
    expect(await ask()).toBe(1)
    clock().set(NOW_MS + 10 * MINUTE_MS)
    expect(await ask()).toBe(2)
    expect(bench.dms[0]).toEqual({
      userId: who.userId,
      text: expect.stringContaining('you joined this server'),
    })
  })

  it('ten an hour in all, over a restart too', async () => {
    for (let n = 0; n < 6; n++) await bench.drip(person({ pending: true }), ligAddress(n))
    await settled()
    bench.restart()
    for (let n = 0; n < 30; n++) await bench.drip(person({ pending: true }), ligAddress(n))
    await settled()
    expect(bench.dms).toHaveLength(10)
    clock().set(NOW_MS + HOUR_MS)
    await bench.drip(person({ pending: true }), ligAddress(1))
    await settled()
    expect(bench.dms).toHaveLength(11)
  })

  it('a closed door changes nothing', async () => {
    const seen = await bench.drip(person({ pending: true, dmsOpen: false }), ligAddress(1))
    expect(seen.text).toContain('membership screening')
    const throws = await bench.drip(person({ pending: true }), ligAddress(1), {
      dm: () => Promise.reject(new Error('50278')),
    })
    expect(throws.text).toContain('membership screening')
  })

  it('never, or only where the answer cannot be given', async () => {
    await bench.close()
    await start({ dm: 'never' })
    await bench.drip(person({ pending: true }), ligAddress(1))
    await settled()
    expect(bench.dms).toEqual([])
    await bench.close()
    await start({ dm: 'fallback' })
    await bench.drip(person({ pending: true }), ligAddress(1))
    await settled()
    expect(bench.dms).toEqual([])
    bench.editable = false
    await bench.drip(person({ pending: true }), ligAddress(1))
    await settled()
    expect(bench.dms).toHaveLength(1)
  })
})

describe('limits', () => {
  it('the daily total is kept under a rush, with its share for first-timers', async () => {
    await bench.close()
    await start({ dailyTotal: 10, keptForFirstTimers: 0.3 })
    const old = Array.from({ length: 10 }, () => person())
    for (const [n, who] of old.entries()) await bench.drip(who, ligAddress(n))
    clock().set(NOW_MS + DAY_MS)
    const again = await Promise.all(old.map((who, n) => bench.drip(who, ligAddress(n))))
    expect(again.filter(({ refused }) => !refused)).toHaveLength(7)
    expect(again.at(-1)!.text).toContain('what is left for today is kept for people who never had any')
    const fresh = await Promise.all(
      Array.from({ length: 10 }, (_, n) => bench.drip(person(), ligAddress(100 + n))),
    )
    expect(fresh.filter(({ refused }) => !refused)).toHaveLength(3)
    expect(fresh.at(-1)!.text).toContain('everything that the faucet gives in a day has been given out')
    expect(bench.server.world.paid).toHaveLength(20)
  })

  it('once per address, whatever its spelling and whoever asks', async () => {
    await bench.close()
    await start({ perAddress: '24h' })
    await bench.drip(person(), ligAddress(1).toUpperCase())
    const seen = await bench.drip(person(), ligAddress(1))
    expect(seen.text).toMatch(/this address had tokens 0 seconds ago: again <t:\d+:R>/)
  })

  it('a certain no uses nothing up, neither of the user nor of the day', async () => {
    await bench.close()
    await start({ dailyTotal: 1 })
    const who = person()
    bench.server.fault = () => 'plain-400'
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Nothing is used up')
    bench.server.fault = () => null
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
  })
})

describe('several faucets', () => {
  const OTHER = '900000000000000003'
  beforeEach(async () => {
    await bench.close()
    bench = await startBench({
      settings: (url) => [
        faucetSettings(url),
        faucetSettings(url, {
          chain: 'theta-1',
          channels: [CHANNEL, OTHER],
          address: { prefix: 'cosmos' },
          sender: { kind: 'cosmjs', url, denom: 'utest' },
          amount: '10 ATOM',
        }),
        faucetSettings(url, {
          chain: 'twin-1',
          channels: [OTHER],
          address: { prefix: 'cosmos' },
          sender: { kind: 'ignite', url, coins: ['7utwin'] },
        }),
      ],
    })
  })

  it("chooses by the address's prefix, by the chain that is named, and asks where neither tells", async () => {
    const who = person()
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
    expect((await bench.drip(who, cosmosAddress(1))).text).toContain('Sent 10 ATOM')
    const unclear = await bench.drip(person(), cosmosAddress(2), { channelId: OTHER })
    expect(unclear.text).toContain(
      'I cannot tell which faucet you mean: name the chain (`ligate-devnet`, `theta-1`, `twin-1`)',
    )
    const named = await bench.type(
      person(),
      'drip',
      { address: cosmosAddress(2), chain: 'TWIN-1' },
      { channelId: OTHER },
    )
    expect(named.text).toContain('Sent 7utwin')
    const wrong = await bench.type(who, 'drip', { address: cosmosAddress(2), chain: 'nope-1' })
    expect(wrong.text).toBe(
      'No tokens this time: there is no faucet for that chain; there is one for `ligate-devnet`, `theta-1`, `twin-1`.',
    )
    expect(bench.rows().map(({ chain, status }) => [chain, status])).toEqual([
      ['ligate-devnet', 'sent'],
      ['theta-1', 'sent'],
      ['twin-1', 'sent'],
    ])
  })

  it('warns of a secret also where the faucet is unclear', async () => {
    const seen = await bench.drip(person(), 'a1'.repeat(32), { channelId: OTHER })
    expect(seen.text).toContain('private key')
  })

  it('a chain that has none is an attempt like every other: audited, told directly, and a secret warned about', async () => {
    const who = person()
    await bench.type(who, 'drip', { address: cosmosAddress(2), chain: 'nope-1' })
    const secret = await bench.type(person(), 'drip', { address: 'a1'.repeat(32), chain: 'nope-1' })
    expect(secret.text).toContain('private key')
    await settled()
    expect(bench.dms[0]).toEqual({
      userId: who.userId,
      text: expect.stringContaining('no faucet for that chain'),
    })
    const reasons = bench.database.sql.prepare('SELECT reason FROM faucet_audit ORDER BY id').pluck().all()
    expect(reasons).toEqual(['no-such-chain', 'address-secret'])
    expect(bench.log.filter(({ audit }) => audit === 'faucet')).toHaveLength(2)
  })

  it('/faucet shows those of the channel', async () => {
    const here = await bench.type(person(), 'faucet', {}, { channelId: OTHER })
    expect(here.text).toContain('**Faucet of theta-1**')
    expect(here.text).toContain('**Faucet of twin-1**')
    expect(here.text).not.toContain('**Faucet of ligate')
    expect(here.text).toContain('It has `1,000,000,000,000,000,000 utest`.')
    const nowhere = await bench.type(person(), 'faucet', {}, { channelId: '1' })
    expect(nowhere.text).toBe(`\`/faucet\` works in <#${CHANNEL}> or <#${OTHER}>.`)
  })
})

describe('/faucet', () => {
  it('says what it has, its limits, what is left, and what the caller may have', async () => {
    await bench.close()
    await start({
      dailyTotal: 10,
      keptForFirstTimers: 0.3,
      perAddress: '12h',
      requiredRoles: ['800000000000000007'],
    })
    const who = person({ roleIds: ['800000000000000007'] })
    expect((await bench.type(who, 'faucet', {})).text.split('\n')).toEqual([
      '**Faucet of ligate-devnet** (addresses: `lig1…`)',
      'One request pays 100 LGT.',
      'Limits: once per user in 24 hours; once per address in 12 hours; accounts from 7 days of age; members for 24 hours or longer; <@&800000000000000007>.',
      "Left of the last 24 hours' 10: 10, 7 of them for people who had some before.",
      '✅ You may have tokens now: `/drip`',
    ])
    await bench.drip(who, ligAddress(1))
    const after = (await bench.type(who, 'faucet', {})).text
    expect(after).toContain("Left of the last 24 hours' 10: 9, 7 of them for people who had some before.")
    expect(after).toContain('You cannot have tokens now:\n• you had tokens 0 seconds ago')
    expect(after).toContain('💧 Sent 100 LGT')
  })
  it('asks the server once, however many look at the same moment', async () => {
    const look = () => Promise.all(Array.from({ length: 50 }, () => bench.type(person(), 'faucet', {})))
    for (const { text } of await look()) expect(text).toContain('One request pays 100 LGT.')
    expect(bench.server.requests).toHaveLength(1)
    await look()
    expect(bench.server.requests).toHaveLength(2)
  })
})
