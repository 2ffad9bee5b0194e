// The moderators' commands end to end: what they answer, what the database holds after it, what is shown and logged.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import {
  AUDIT_CHANNEL,
  type Bench,
  faucetSettings,
  ligAddress,
  moderator,
  NOW_MS,
  person,
  snowflake,
  startBench,
} from '../support/faucet.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench({ settings: (url) => [faucetSettings(url, { auditChannel: AUDIT_CHANNEL })] })
})
afterEach(() => bench.close())
const clock = () => bench.clock as ManualClock
const mod = moderator()
const audit = () =>
  bench.database.sql
    .prepare(
      `SELECT action, discord_user_id AS userId, target_address AS address, reason, by_user_id AS byUserId
       FROM faucet_audit WHERE by_user_id IS NOT NULL ORDER BY id`,
    )
    .all()

describe('who may', () => {
  const commands: [string, object][] = [
    ['drips', {}],
    ['drip_settle', { id: 1, outcome: 'sent', note: 'x' }],
    ['faucet_pause', { reason: 'x' }],
    ['faucet_resume', {}],
    ['faucet_ban', { reason: 'x', user: '1' }],
    ['faucet_unban', { user: '1' }],
    ['faucet_suspects', {}],
  ]
  it.each(commands)(
    "/%s: the faucet's moderators, not its users, and not the bot's admins",
    async (name, args) => {
      for (const who of [person(), person({ isAdmin: true })]) {
        expect((await bench.type(who, name, args)).text).toBe('This is for the moderators of the faucet.')
      }
      expect(bench.room.commands.find((one) => one.name === name)).toMatchObject({
        access: 'moderator',
        ephemeral: true,
        doors: 'slash',
      })
      expect(audit()).toEqual([])
    },
  )

  it('the admins, where no roles are named', async () => {
    const open = await startBench({ settings: (url) => [faucetSettings(url, { moderatorRoles: [] })] })
    expect((await open.type(person({ isAdmin: true }), 'drips', {})).text).toContain('0 requests')
    await open.close()
  })
})

describe('/faucet_pause and /faucet_resume', () => {
  it('stops and goes on, with the reason for users, audited, shown and logged', async () => {
    const paused = await bench.type(mod, 'faucet_pause', { reason: 'upgrade of\nthe `testnet` @everyone' })
    expect(paused.text).toBe('⏸ The faucet of ligate-devnet is paused: `upgrade of the ˋtestnetˋ @everyone`.')
    const user = person()
    expect((await bench.drip(user, ligAddress(1))).text).toBe(
      'No tokens this time: the faucet is paused by a moderator: `upgrade of the ˋtestnetˋ @everyone`.',
    )
    expect((await bench.type(user, 'faucet', {})).text).toContain('⏸ Paused: `upgrade of')
    bench.restart()
    expect((await bench.drip(user, ligAddress(1))).refused).toBe(true)
    expect((await bench.type(mod, 'faucet_resume', { reason: 'done' })).text).toBe(
      '▶️ The faucet of ligate-devnet pays again: `done`.',
    )
    expect((await bench.drip(user, ligAddress(1))).refused).toBe(false)
    expect((await bench.type(mod, 'faucet_resume', {})).text).toBe('There was nothing to change.')
    expect(audit()).toMatchObject([
      { action: 'paused', byUserId: mod.userId },
      { action: 'resumed', reason: 'done' },
    ])
    expect(bench.posts).toEqual([
      { channelId: AUDIT_CHANNEL, text: expect.stringMatching(/is paused: .*\nBy <@\d+>\.$/) },
      { channelId: AUDIT_CHANNEL, text: expect.stringContaining('pays again') },
    ])
    expect(bench.log.filter((line) => line.by === mod.userId).map((line) => line.action)).toEqual([
      'paused',
      'resumed',
    ])
  })

  it('a pause between the wait and the turn counts', async () => {
    const one = await startBench({ settings: (url) => [faucetSettings(url, { queue: { inFlight: 1 } })] })
    one.server.delay.beforeMs = 30
    const first = one.drip(person(), ligAddress(1))
    while (one.server.open.now === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    const second = one.drip(person(), ligAddress(2))
    await one.type(mod, 'faucet_pause', { reason: 'now' })
    expect((await first).text).toContain('Sent 100 LGT')
    expect((await second).text).toContain('paused by a moderator')
    expect(one.server.world.paid).toHaveLength(1)
    await one.close()
  })
})

describe('/faucet_ban and /faucet_unban', () => {
  it('excludes a user for a time', async () => {
    const user = person()
    await bench.type(mod, 'faucet_ban', { reason: 'many accounts', user: user.userId, time: '7d' })
    const until = (NOW_MS + 7 * DAY_MS) / 1000
    expect((await bench.drip(user, ligAddress(1))).text).toBe(
      `No tokens this time: you are excluded from the faucet until <t:${until}:f> (<t:${until}:R>): \`many accounts\`.`,
    )
    clock().set(NOW_MS + 7 * DAY_MS)
    expect((await bench.drip(user, ligAddress(1))).refused).toBe(false)
  })

  it('excludes an address in every spelling, until it is lifted', async () => {
    await bench.type(mod, 'faucet_ban', { reason: 'collects', address: ligAddress(1).toUpperCase() })
    expect((await bench.drip(person(), ligAddress(1))).text).toContain(
      'this address is excluded from the faucet: `collects`',
    )
    expect((await bench.drip(person(), ligAddress(2))).refused).toBe(false)
    const lifted = await bench.type(mod, 'faucet_unban', { address: ligAddress(1), note: 'a mistake' })
    expect(lifted.text).toBe(
      `\`${ligAddress(1)}\` no longer excluded from the faucet of ligate-devnet: \`a mistake\`.`,
    )
    expect((await bench.drip(person(), ligAddress(1))).refused).toBe(false)
    expect(audit()).toMatchObject([
      { action: 'banned', address: ligAddress(1), reason: 'collects', byUserId: mod.userId },
      { action: 'unbanned', address: ligAddress(1), reason: 'a mistake' },
    ])
  })

  it.each([
    [{ reason: 'x' }, 'Name a user, an address, or a group'],
    [{ reason: 'x', user: '1', time: 'soon' }, 'not a duration'],
    [{ reason: 'x', address: 'nonsense' }, 'That is not a lig1… address.'],
    [{ reason: 'x', group: 'abc123' }, 'There is no such group now'],
    [{ reason: '  ', user: '1' }, 'Give a reason.'],
    [{ reason: 'a1'.repeat(32), user: '1' }, 'looks like a private key'],
    [{ reason: 'x', user: '1', chain: 'nope' }, 'There is one for: `ligate-devnet`'],
  ])('%j is refused', async (args, text) => {
    const seen = await bench.type(mod, 'faucet_ban', args)
    expect(seen.refused).toBe(true)
    expect(seen.text).toContain(text)
    expect(audit()).toEqual([])
  })
})

describe('/faucet_suspects', () => {
  it('shows groups with their evidence, and bans a whole group at once', async () => {
    const made = Array.from({ length: 3 }, (_, n) =>
      person({
        userId: snowflake(NOW_MS - 30 * DAY_MS + n * HOUR_MS),
        joinedAtMs: NOW_MS - (n + 9) * DAY_MS,
      }),
    )
    for (const who of made) await bench.drip(who, ligAddress('shared'))
    const seen = await bench.type(mod, 'faucet_suspects', {})
    expect(seen.text).toContain(`3 users gave the same address \`${ligAddress('shared')}\``)
    expect(seen.text).toContain('3 accounts were made between <t:')
    for (const { userId } of made) expect(seen.text).toContain(`<@${userId}>`)
    const group = /`([0-9a-f]{6})` 3 accounts/.exec(seen.text)![1]!
    const banned = await bench.type(mod, 'faucet_ban', { reason: 'one person', group })
    expect(banned.text.split('\n')).toHaveLength(3)
    expect(bench.posts).toHaveLength(1)
    clock().set(NOW_MS + 2 * DAY_MS)
    for (const who of made)
      expect((await bench.drip(who, ligAddress(who.userId))).text).toContain('one person')
    expect((await bench.type(mod, 'faucet_suspects', {})).text).toBe(
      'Nobody looks suspicious in the last 30 days.',
    )
  })
})

describe('/drips', () => {
  it('is the history, newest first, of all, of a user, of an address, by pages', async () => {
    const users = Array.from({ length: 12 }, () => person())
    for (const [n, who] of users.entries()) await bench.drip(who, ligAddress(n))
    const first = await bench.type(mod, 'drips', {})
    expect(first.text.split('\n')).toHaveLength(8)
    expect(first.text.length).toBeLessThan(2000)
    expect(first.text).toMatch(/^12 requests, the newest first\n#12 ✅ sent <t:/)
    expect(first.reply!.page).toEqual({ index: 0, count: 2 })
    const second = await bench.type(mod, 'drips', {}, { page: 1 })
    expect(second.text.match(/^#\d+/gm)).toEqual(['#5', '#4', '#3', '#2', '#1'])
    bench.server.fault = () => 'late-502'
    bench.server.world.hiddenForMs = HOUR_MS
    const doubtful = person()
    await bench.drip(doubtful, ligAddress(99))
    const unknown = await bench.type(mod, 'drips', { status: 'unknown' })
    expect(unknown.text).toMatch(
      /^1 unknown request, the newest first\n#13 ❔ unknown <t:\d+:f> <@\d+> .*\(ambiguous: `502: timed out/,
    )
    const ofUser = await bench.type(mod, 'drips', { user: users[3]!.userId })
    expect(ofUser.text).toContain(`1 request of <@${users[3]!.userId}>, the newest first\n#4 ✅ sent`)
    const ofAddress = await bench.type(mod, 'drips', { address: ligAddress(5).toUpperCase() })
    expect(ofAddress.text).toContain(
      `<@${users[5]!.userId}> \`${ligAddress(5)}\` \`${bench.server.world.paid[5]!.hash}\``,
    )
    expect((await bench.type(mod, 'drips', { address: 'x' })).text).toBe('That is not a lig1… address.')
  })
})

describe('/drip_settle', () => {
  const user = person()
  beforeEach(async () => {
    bench.server.fault = () => 'reset-before'
    await bench.drip(user, ligAddress(1))
    bench.server.fault = () => null
    expect(bench.rows()).toMatchObject([{ id: 1, status: 'unknown' }])
  })

  it('failed gives the allowance back, and the user is told in the answer', async () => {
    const seen = await bench.type(mod, 'drip_settle', {
      id: 1,
      outcome: 'failed',
      note: 'not in the explorer',
    })
    expect(seen.text).toBe(
      `Request #1 of <@${user.userId}>, \`${ligAddress(1)}\` settled: \`failed: not in the explorer\`.`,
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(bench.edits.at(-1)!.text).toContain('No tokens were sent: it turned out not to have been paid.')
    expect((await bench.drip(user, ligAddress(1))).text).toContain('Sent 100 LGT')
    expect(audit()).toMatchObject([
      { action: 'settled', reason: 'failed: not in the explorer', byUserId: mod.userId },
    ])
  })

  it('sent keeps it used, with the hash that was found', async () => {
    await bench.type(mod, 'drip_settle', { id: 1, outcome: 'sent', note: 'seen', hash: 'AB12CD34' })
    expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: 'AB12CD34' }])
    expect((await bench.drip(user, ligAddress(1))).text).toContain('you had tokens')
  })

  it.each([
    [{ id: 99, outcome: 'sent', note: 'x' }, 'There is no request #99'],
    [{ id: 1, outcome: 'sent', note: ' ' }, 'Give a reason.'],
    [{ id: 1, outcome: 'sent', note: 'x', hash: '<@1>' }, 'letters and digits only'],
  ])('%j is refused', async (args, text) => {
    expect((await bench.type(mod, 'drip_settle', args)).text).toContain(text)
    expect(bench.rows()).toMatchObject([{ status: 'unknown' }])
  })

  it('settles only what is unknown, and only once', async () => {
    const all = await Promise.all(
      ['failed', 'sent'].map((outcome) => bench.type(mod, 'drip_settle', { id: 1, outcome, note: 'x' })),
    )
    expect(all[1]!.text).toBe('Request #1 is failed: only what is unknown can be settled.')
    expect(bench.rows()).toMatchObject([{ status: 'failed' }])
  })
})
