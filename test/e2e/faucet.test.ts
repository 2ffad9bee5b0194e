// The faucet through real discord.js on the local Discord, paying at the sandbox's faucet: what users really see.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '../../sandbox/discord/types.ts'
import { type FaucetServer, startFaucetServer } from '../../sandbox/faucet/server.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { createFaucet, type Faucets } from '../../src/faucet/index.ts'
import type { FaucetInput } from '../../src/faucet/schema.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { acting, botMessages, makeTestBot, type TestBot, until } from '../support/discord-bot.ts'
import { cosmosAddress, faucetSettings, ligAddress, NOW_MS, SECRET, silent } from '../support/faucet.ts'

let moderators: string
let clock: ManualClock
let server: FaucetServer
let database: Database
let bot: TestBot
let room: Faucets
const { slash } = acting(() => bot)

async function start(changesFor: (url: string) => Partial<FaucetInput>[] = () => [{}]) {
  clock = new ManualClock(NOW_MS)
  server = await startFaucetServer({ nowMs: () => clock.now() })
  database = openDatabase(':memory:', { nowMs: clock.now() })
  bot = await makeTestBot([], { clock }, { clock })
  moderators = bot.world.addRole('moderators').id
  room = createFaucet({
    settings: changesFor(server.url).map((changes) =>
      faucetSettings(server.url, { channels: [bot.channelId], moderatorRoles: [moderators], ...changes }),
    ),
    secrets: { FAUCET_TOKEN: SECRET },
    database,
    clock,
    logger: silent,
    speak: {
      dm: (userId, reply) => bot.discord.dm(userId, reply),
      sayInChannel: (channel, text) => bot.discord.sayInChannel(channel, text),
    },
  })
  room.start()
  await bot.restart({ commands: room.commands, moderatorRoles: room.moderatorRoles })
}
beforeEach(() => start())
afterEach(async () => {
  await room.stop(0)
  await bot.close()
  await server.close()
  database.close()
})

/** The custom ids of a message's buttons that can be pressed, in order. */
const buttonsOf = (message: Message) =>
  (message.components as { components: { custom_id: string; disabled?: boolean }[] }[]).flatMap(
    ({ components }) => components.filter(({ disabled }) => !disabled).map(({ custom_id }) => custom_id),
  )
/** What the bot wrote to a user directly. */
const dmsTo = (userId: string) => bot.world.directMessages(userId).map(({ content }) => content)
const rows = () =>
  database.sql.prepare('SELECT status, discord_user_id AS userId FROM drips ORDER BY id').all()

describe('/drip', () => {
  it('pays a member, in an answer that only they see', async () => {
    const handle = slash('drip', { address: ligAddress(1) })
    expect(await handle.acknowledged).toBe(5)
    const { content } = await handle.reply
    expect(content).toContain(`💧 Sent 100 LGT to \`${ligAddress(1)}\``)
    expect(content).toContain(`https://explorer.ligate.io/tx/${server.world.paid[0]!.hash}`)
    expect(handle.ephemeral).toBe(true)
    expect(rows()).toEqual([{ status: 'sent', userId: bot.ann }])
    expect(botMessages(bot)).toEqual([])
  })

  it('refuses with every reason, in the answer and directly', async () => {
    const young = bot.world.addMember({
      name: 'young',
      createdAtMs: NOW_MS - 3 * DAY_MS,
      joinedAtMs: NOW_MS - HOUR_MS,
      pending: true,
    }).user.id
    const handle = slash('drip', { address: cosmosAddress(1) }, bot.channelId, young)
    const { content } = await handle.reply
    for (const text of [
      'your account is 3 days old',
      'you joined this server 60 minutes ago',
      'screening',
      'cosmos1',
    ]) {
      expect(content).toContain(text)
    }
    expect(handle.ephemeral).toBe(true)
    await until(() => dmsTo(young).length === 1)
    expect(dmsTo(young)).toEqual([content])
    expect(server.requests).toEqual([])
  })

  it.each(['closed', 'too-fast'] as const)('a DM that Discord refuses (%s) changes nothing', async (dm) => {
    const shut = bot.world.addMember({ name: 'shut', pending: true, dm }).user.id
    const { content } = await slash('drip', { address: ligAddress(1) }, bot.channelId, shut).reply
    expect(content).toContain('screening')
    expect((await slash('drip', { address: ligAddress(1) }).reply).content).toContain('💧')
  })

  it('a member whose joining Discord does not tell is refused in words', async () => {
    const guest = bot.world.addMember({ name: 'guest', joinedAtMs: null }).user.id
    const { content } = await slash('drip', { address: ligAddress(1) }, bot.channelId, guest).reply
    expect(content).toContain('Discord does not tell me when you joined')
  })

  it('sends nothing when the defer fails', async () => {
    bot.server.faults.add('interaction', { kind: 'status', status: 404 })
    slash('drip', { address: ligAddress(1) }).reply.catch(() => {})
    await until(() => bot.log.some(({ msg }) => msg.includes('nothing was run')))
    expect(server.requests).toEqual([])
    expect(rows()).toEqual([])
  })

  it('pays once for an interaction that is delivered twice, and for 20 at the same moment', async () => {
    const handle = slash('drip', { address: ligAddress(1) })
    bot.world.deliverTwice(handle)
    await handle.reply
    const all = await Promise.all(
      Array.from({ length: 20 }, () => slash('drip', { address: ligAddress(1) }).reply),
    )
    expect(all.every(({ content }) => content.includes('you had tokens'))).toBe(true)
    expect(server.world.paid).toHaveLength(1)
  })

  it('nothing of what was typed or said upstream is live', async () => {
    server.rules.isAddress = () => false
    const { content } = await slash('drip', { address: ligAddress(1) }).reply
    expect(content).toContain('It says: `400: invalid address`')
    const odd = await slash('drip', { address: '@everyone <@&1>' }).reply
    expect(odd.content).not.toContain('@everyone')
    expect(odd.mention_everyone).toBe(false)
  })

  it('takes 4,000 characters calmly', async () => {
    const { content } = await slash('drip', { address: 'lig1'.repeat(1000) }).reply
    expect(content).toBe(
      'No tokens this time: this is too long for an address: paste only the lig1… address.',
    )
  })
})

describe('what is unknown at first', () => {
  it('edits the answer when it is resolved', async () => {
    server.fault = () => 'late-502'
    const handle = slash('drip', { address: ligAddress(1) })
    expect((await handle.reply).content).toContain('I cannot tell yet')
    await room.tick()
    await until(() => handle.original!.content.includes('💧 Sent'))
    expect(dmsTo(bot.ann)).toEqual([])
  })

  it("writes directly when the interaction's token is over", async () => {
    server.fault = () => 'late-502'
    server.world.hiddenForMs = HOUR_MS
    const handle = slash('drip', { address: ligAddress(1) })
    await handle.reply
    clock.set(NOW_MS + HOUR_MS)
    await room.tick()
    await until(() => dmsTo(bot.ann).length === 1)
    expect(dmsTo(bot.ann)[0]).toContain('About your request for tokens')
    expect(dmsTo(bot.ann)[0]).toContain('💧 Sent')
    expect(handle.original!.content).toContain('I cannot tell yet')
  })
})

describe('moderators', () => {
  const moderator = () => bot.world.addMember({ name: 'mod', roles: [moderators] }).user.id

  it('are told apart from everybody else, admins included', async () => {
    const owner = bot.world.guild.owner_id
    for (const who of [bot.ann, owner]) {
      const handle = slash('faucet_pause', { reason: 'x' }, bot.channelId, who)
      expect((await handle.reply).content).toBe(`\`/faucet_pause\` is only for <@&${moderators}>.`)
      expect(handle.ephemeral).toBe(true)
    }
  })

  it('pause, and users read the reason', async () => {
    const { content } = await slash('faucet_pause', { reason: 'upgrade' }, bot.channelId, moderator()).reply
    expect(content).toContain('is paused')
    expect((await slash('drip', { address: ligAddress(1) }).reply).content).toContain('`upgrade`')
    expect((await slash('faucet').reply).content).toContain('⏸ Paused: `upgrade`')
  })

  it('turn the pages of the history, and settle what is unknown', async () => {
    const mod = moderator()
    server.fault = (n) => (n === 0 ? 'reset-before' : null)
    for (let n = 0; n < 12; n++) {
      const who = bot.world.addMember({ name: `user${n}` }).user.id
      await slash('drip', { address: ligAddress(n) }, bot.channelId, who).reply
    }
    const handle = slash('drips', {}, bot.channelId, mod)
    const first = await handle.reply
    expect(first.content).toContain('12 requests, the newest first')
    expect(first.content).not.toContain('#1 ')
    const second = await bot.world.press(mod, first, buttonsOf(first).at(-1)!).reply
    expect(second.content).toContain('#2 ✅ sent')
    expect(second.content).toContain('#1 ❔ unknown')
    const settled = await slash(
      'drip_settle',
      { id: 1, outcome: 'failed', note: 'not there' },
      bot.channelId,
      mod,
    ).reply
    expect(settled.content).toContain('settled: `failed: not there`')
    expect(rows()[0]).toMatchObject({ status: 'failed' })
  })
})

describe('several faucets', () => {
  it('complete the chain, and choose by the address', async () => {
    await room.stop(0)
    await bot.close()
    await server.close()
    database.close()
    await start((url) => [
      {},
      { chain: 'theta-1', address: { prefix: 'cosmos' }, sender: { kind: 'cosmjs', url, denom: 'utest' } },
    ])
    const choices = await bot.world.autocomplete(
      bot.ann,
      bot.channelId,
      'drip',
      { address: 'x', chain: 'THE' },
      'chain',
    )
    expect(choices).toEqual([{ name: 'theta-1', value: 'theta-1' }])
    const { content } = await slash('drip', { address: cosmosAddress(1) }).reply
    expect(content).toContain('This faucet does not tell the transaction hash.')
  })
})
