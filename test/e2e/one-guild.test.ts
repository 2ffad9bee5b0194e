// The one server that counts, as the whole bot sees it: an update without `guildId`, strangers, and alarms meanwhile.
import { afterEach, describe, expect, it } from 'vitest'
import { createRegistry, slashPayload } from '../../src/discord/registry.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, DAY, makeWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const STRANGERS = '123456789012345678'

/** A bot that is configured without a server, with a client that is near its end. */
const withoutGuild = (guildId?: string) =>
  makeWorld({
    build(chains) {
      chains.addChain({ chainId: 'host-1' })
      chains.addChain({ chainId: 'other-4' })
      chains.openConnection('host-1', 'other-4')
    },
    config: (base) => ({ ...base, discord: guildId === undefined ? {} : { guildId } }),
  })

/** What the version before left: its commands for all servers. */
function leaveGlobalCommands(world: TestWorld): void {
  const { commands } = createRegistry([...world.app.overviews.commands, ...world.app.wallets.commands])
  world.discord.commands.global = commands.map((command, i) => ({
    ...slashPayload(command),
    id: world.discord.nextId(),
    application_id: world.discord.applicationId,
    version: String(i + 1),
    default_member_permissions: null,
    nsfw: false,
  }))
}
const registered = (world: TestWorld) =>
  until(() => world.log.some(({ msg }) => msg === 'slash commands are registered'))
const status = (world: TestWorld) => world.discord.slash(world.ann, world.channelId, 'status', {}).reply

describe('without discord.guildId', () => {
  it('the bot goes on after the update without a hand: in the server of the webhook', async () => {
    const world = await withoutGuild()
    await world.restart()
    await registered(world)
    leaveGlobalCommands(world)
    world.app.database.sql.exec('DELETE FROM discord_guild')
    world.log.length = 0
    await world.restart()
    await registered(world)
    expect(world.discord.commands.global).toEqual([])
    expect((await status(world)).embeds[0]!.description).toContain('ibc-monitor')
    world.discord.say(world.ann, world.channelId, '$status')
    await until(() => world.answers().length === 1)
  })

  it('whoever manages a server that is not the webhook’s is no admin there, and is answered nothing', async () => {
    const world = await withoutGuild()
    world.webhook.guild_id = STRANGERS
    await world.restart()
    leaveGlobalCommands(world)
    await until(() => world.app.discord.status().problem?.includes('is not in its server'))
    const owner = world.discord.guild.owner_id
    const text = `$register_chain EVIL https://lcd.example.org EVL 6`
    world.discord.say(owner, world.channelId, text)
    expect((await status(world)).content).toBe('I answer only in the server that I was set up for.')
    expect(world.answers()).toEqual([])
  })

  it('alarms come while it is not known', async () => {
    const world = await withoutGuild()
    const { faults } = world.server
    faults.add('webhook', { kind: 'status', status: 503 }, { method: 'GET', times: Number.POSITIVE_INFINITY })
    await world.restart()
    await until(() => world.app.discord.status().problem?.includes('not known which server is mine'))
    await world.leap(13 * DAY)
    await world.pass(60_000)
    expect(world.lines().some((line) => /left: host-1 07-tendermint-\d+/.test(line))).toBe(true)
    expect(world.app.discord.status().problem).toContain('not known which server is mine')
  })
})

it('a configured server that the bot is not in is told through the webhook, once, over a restart too', async () => {
  const world = await withoutGuild(STRANGERS)
  await world.restart()
  const told = () => world.lines().filter((line) => line.includes('The bot is not in its server'))
  await until(() => world.app.discord.status().problem?.includes('is not in its server'))
  await world.quiet()
  expect(told()).toHaveLength(1)
  await world.restart()
  await until(() => world.app.discord.status().problem?.includes('is not in its server'))
  await world.quiet()
  expect(told()).toHaveLength(1)
})
