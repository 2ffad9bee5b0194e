// The slash door end to end: real discord.js against the local Discord.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acting, startTestBot, type TestBot, until } from '../support/discord-bot.ts'
import { runs, testCommands } from '../support/discord-commands.ts'

let bot: TestBot
const { slash } = acting(() => bot)

/** Waits until what was said before has been handled: events come in order, and this one is answered. */
async function settled(): Promise<void> {
  await slash('ban', { user: bot.ann }).reply
}

beforeEach(() => {
  runs.length = 0
})
afterEach(async () => {
  await bot?.close()
})

describe('the slash door', () => {
  beforeEach(async () => {
    bot = await startTestBot(testCommands)
  })

  it('registers every command in the server', () => {
    const names = bot.world.commands.guild.map((command) => command.name)
    expect(names.sort()).toEqual([...testCommands.map((command) => command.name), 'help'].sort())
  })

  it('defers at once and then answers', async () => {
    const handle = slash('data', { chain: 'osmosis', status: 'expired' })
    expect(await handle.acknowledged).toBe(5)
    expect((await handle.reply).content).toBe('osmosis expired page 0')
    expect(handle.ephemeral).toBe(false)
    expect(runs[0]!.call.show('data')).toBe('/data')
    expect(runs[0]!.call).toMatchObject({ door: 'slash', caller: { userId: bot.ann } })
  })

  it('keeps an ephemeral answer between the two', async () => {
    const handle = slash('drip', { address: 'lig1x' })
    expect((await handle.reply).content).toBe('sent to lig1x')
    expect(handle.ephemeral).toBe(true)
  })

  it('converts users and integers', async () => {
    expect((await slash('ban', { user: bot.ann, days: 3 }).reply).content).toBe(`${bot.ann} 3`)
  })

  it('refuses to the caller alone what it need not run for', async () => {
    const wrong = slash('drip', { address: 'cosmos1x' })
    expect((await wrong.reply).content).toContain('`address`: use a lig address\nUsage: `/drip <address>`')
    expect([await wrong.acknowledged, wrong.ephemeral]).toEqual([4, true])
    const admin = slash('mute')
    expect((await admin.reply).content).toBe('`/mute` is only for who may manage this server.')
    expect(admin.ephemeral).toBe(true)
    expect(runs).toEqual([])
  })

  it('shows a refusal that comes after a public defer', async () => {
    expect((await slash('refuse').reply).content).toBe('this cannot be done')
  })

  it('sends what is long as further messages', async () => {
    const handle = slash('long')
    await handle.reply
    await until(() => handle.followups.length === 2)
  })

  it('runs once what is delivered twice', async () => {
    const handle = slash('data')
    bot.world.deliverTwice(handle)
    await handle.reply
    await settled()
    expect(runs.filter(({ name }) => name === 'data')).toHaveLength(1)
  })

  it('runs nothing when the defer fails', async () => {
    bot.server.faults.add('interaction', { kind: 'status', status: 404 })
    slash('data')
    await until(() => bot.log.find((line) => line.msg.includes('nothing was run')))
    expect(runs).toEqual([])
  })

  it('edits an answer until its token is over', async () => {
    const handle = slash('slow')
    await until(() => handle.original?.content === 'started')
    await bot.clock.advance(15 * 60_000 - 1)
    expect(await runs[0]!.call.edit({ text: 'paid' })).toBe(true)
    expect(handle.original!.content).toBe('paid')
    await bot.clock.advance(1)
    const before = bot.server.requests.length
    expect(await runs[0]!.call.edit({ text: 'late' })).toBe(false)
    expect(bot.server.requests).toHaveLength(before)
  })

  it('completes options within the limits, and offers nothing when that fails', async () => {
    const offered = await bot.world.autocomplete(bot.ann, bot.channelId, 'data', { chain: 'osmo' }, 'chain')
    expect(offered).toHaveLength(25)
    expect(offered[0]).toEqual({ name: `osmo0 ${'x'.repeat(94)}`, value: 'osmo0' })
    expect(await bot.world.autocomplete(bot.ann, bot.channelId, 'data', { chain: 'boom' }, 'chain')).toEqual(
      [],
    )
  })

  it('leaves the commands as they are when they are the same, and renews them when they are not', async () => {
    const before = bot.world.commands.guild
    await bot.restart()
    expect(bot.world.commands.guild).toEqual(before)
    await bot.restart({ commands: testCommands.slice(1) })
    expect(bot.world.commands.guild).toHaveLength(testCommands.length)
  })
})
