// The local Discord against an unmodified discord.js: interactions.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  Events,
  type Interaction,
  MessageFlags,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf } from '../support/discord.ts'
import {
  ann,
  channel,
  clock,
  connect,
  local,
  register,
  server,
  setUp,
  world,
} from '../support/sandbox-discord.ts'

beforeEach(() => setUp())
afterEach(() => local.close())

/** Answers every interaction with `run`; what it throws is kept for the test. */
function serve(client: Client, run: (interaction: Interaction) => Promise<unknown>): unknown[] {
  const errors: unknown[] = []
  client.on(Events.InteractionCreate, (interaction) => {
    run(interaction).catch((error) => errors.push(error))
  })
  return errors
}

describe('interactions', () => {
  it('carries a slash command to discord.js and its answer back', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const user = interaction.options.getUser('user')
      const joined = interaction.inCachedGuild() ? interaction.member.joinedTimestamp : null
      await interaction.reply(`${interaction.options.getString('chain')} ${user?.username} ${joined}`)
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis', user: ann.user.id })
    const answer = await call.reply
    expect(answer.content).toBe(`osmosis ann ${Date.parse(ann.joined_at!)}`)
    expect(answer).toMatchObject({ type: 20, author: { id: world.bot.id } })
    expect(world.messages(channel.id)).toEqual([answer])
    expect(call.ephemeral).toBe(false)
  })

  it('defers, edits, follows up and deletes', async () => {
    const client = await connect()
    await register(client)
    const errors = serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      const edited = await interaction.editReply({ content: 'only you see this' })
      expect((await interaction.fetchReply()).id).toBe(edited.id)
      const more = await interaction.followUp({ content: 'more' })
      await interaction.webhook.editMessage(more, 'even more')
      const gone = await interaction.followUp({ content: 'gone' })
      await interaction.deleteReply(gone)
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    expect(await call.acknowledged).toBe(5)
    expect((await call.reply).content).toBe('only you see this')
    expect(call.ephemeral).toBe(true)
    await expect.poll(() => server.requests.at(-1)?.method).toBe('DELETE')
    expect(errors).toEqual([])
    expect(call.followups.map((one) => one.content)).toEqual(['even more'])
    expect(world.messages(channel.id).map((one) => one.content)).toEqual(['even more'])
    expect(world.messages(channel.id, ann.user.id).map((one) => one.content)).toEqual([
      'only you see this',
      'even more',
    ])
  })

  it('completes a defer with the first follow-up, as hidden as the defer was', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.followUp({ content: 'here' })
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    expect((await call.reply).content).toBe('here')
    expect(world.messages(channel.id)).toEqual([])
    expect(call.followups).toEqual([])
  })

  it('offers completions and presses buttons', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const typed = interaction.options.getFocused()
        return interaction.respond([{ name: `${typed} 1`, value: `${typed}-1` }])
      }
      if (interaction.isButton()) return interaction.update({ content: interaction.customId, components: [] })
      if (!interaction.isChatInputCommand()) return
      const button = new ButtonBuilder().setCustomId('page:1').setLabel('2').setStyle(ButtonStyle.Secondary)
      const off = ButtonBuilder.from(button).setCustomId('page:0').setDisabled(true)
      const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button, off)
      await interaction.reply({ content: 'page 1', components: [row] })
    })
    const offered = await world.autocomplete(ann.user.id, channel.id, 'data', { chain: 'osm' }, 'chain')
    expect(offered).toEqual([{ name: 'osm 1', value: 'osm-1' }])
    const answer = await world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' }).reply
    expect(() => world.press(ann.user.id, answer, 'page:2')).toThrow('has no button')
    expect(() => world.press(ann.user.id, answer, 'page:0')).toThrow('disabled')
    const updated = await world.press(ann.user.id, answer, 'page:1').reply
    expect(updated).toMatchObject({ id: answer.id, content: 'page:1', components: [] })
  })

  it('knows an answer that is late, doubled, or to a token that has died', async () => {
    const client = await connect()
    await register(client)
    let interaction: Interaction | undefined
    client.on(Events.InteractionCreate, (one) => {
      interaction = one
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await expect.poll(() => interaction?.id).toBe(call.id)
    await clock.advance(2_999)
    const path = `/interactions/${call.id}/${call.token}/callback` as const
    const answer = { body: { type: 5 }, auth: false } as const
    expect(await codeOf(client.rest.post(path, answer))).toBe('accepted')
    expect(await codeOf(client.rest.post(path, answer))).toBe(40060)
    const original = `/webhooks/${world.applicationId}/${call.token}/messages/@original` as const
    await clock.advance(15 * 60_000 - 3_000)
    expect(await codeOf(client.rest.patch(original, { body: { content: 'x' }, auth: false }))).toBe(
      'accepted',
    )
    await clock.advance(1)
    expect(await codeOf(client.rest.patch(original, { body: { content: 'y' }, auth: false }))).toBe(50027)

    const late = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await clock.advance(3_000)
    await expect(late.reply).rejects.toThrow('did not respond')
    expect(await codeOf(client.rest.post(`/interactions/${late.id}/${late.token}/callback`, answer))).toBe(
      10062,
    )
    const followUp = client.rest.post(`/webhooks/${world.applicationId}/${late.token}`, {
      body: { content: 'x' },
      auth: false,
    })
    expect(await codeOf(followUp)).toBe(10015)
  })

  it('refuses what a client would not send', async () => {
    const client = await connect()
    await register(client)
    const call =
      (name: string, options = {}) =>
      () =>
        world.slash(ann.user.id, channel.id, name, options)
    expect(call('nope')).toThrow('not registered')
    expect(call('data')).toThrow('chain is required')
    expect(call('data', { chain: 'x', other: 'y' })).toThrow('no option other')
    expect(call('data', { chain: 'x', status: 'frozen' })).toThrow('not one of the choices')
    expect(call('faucet pause')).toThrow('may not use /faucet')
    const admin = world.addRole('admins', ['MANAGE_GUILD'])
    ann.roles.push(admin.id)
    expect(call('faucet')).toThrow('needs a subcommand')
    expect(call('faucet pause')()).toMatchObject({ ephemeral: null })
  })

  it('delivers an interaction twice, and hands over a raw member where the guild is not known', async () => {
    server.gateway.faults.hideGuild = true
    const client = await connect()
    await register(client)
    const seen: { id: string; joined: unknown }[] = []
    client.on(Events.InteractionCreate, (one) => {
      const member = one.member as { joined_at?: string } | null
      seen.push({ id: one.id, joined: member?.joined_at })
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    world.deliverTwice(call)
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toEqual(Array(2).fill({ id: call.id, joined: ann.joined_at }))
  })

  it('refuses long answers where they stand: under data', async () => {
    const client = await connect()
    await register(client)
    const errors = serve(client, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const choices = [...Array(26).keys()].map((n) => ({ name: `${n}`, value: `${n}` }))
        await interaction.respond(choices)
      } else if (interaction.isChatInputCommand()) await interaction.reply('x'.repeat(2001))
    })
    world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await expect.poll(() => errors.length).toBe(1)
    expect(errors[0]).toMatchObject({
      code: 50035,
      rawError: { errors: { data: { content: expect.anything() } } },
    })
    void world.autocomplete(ann.user.id, channel.id, 'data', {}, 'chain').catch(() => {})
    await expect.poll(() => errors.length).toBe(2)
    expect(errors[1]).toMatchObject({
      code: 50035,
      rawError: { errors: { data: { choices: expect.anything() } } },
    })
  })
})
