// The local Discord, held against Discord’s own description where there is one.
import type { TextChannel } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf } from '../support/discord.ts'
import { loadDiscordOpenApi } from '../support/discord-openapi.ts'
import { local, setUp, startWith } from '../support/sandbox-messages.ts'

beforeEach(() => setUp())
afterEach(() => local.close())

const description = process.env.DISCORD_OPENAPI
const validator = description ? loadDiscordOpenApi(description) : undefined

describe.skipIf(!validator)("Discord's own description", () => {
  it('finds nothing wrong with what discord.js sends, and something with what is wrong', async () => {
    await local.close()
    await startWith({ strictSpec: validator })
    const connected = await local.connect()
    const room = connected.channels.cache.get(local.channel.id) as TextChannel
    const sent = await room.send({ content: 'x', files: [{ attachment: Buffer.from('{}'), name: 'a.json' }] })
    await sent.edit({ embeds: [{ title: 'x' }] })
    const hook = await room.createWebhook({ name: 'Alerts' })
    await hook.send('x')
    const commands = [{ name: 'data', description: 'x', defaultMemberPermissions: 32n }]
    await connected.application.commands.set(commands, local.world.guild.id)
    await connected.users.send(local.ann.user.id, 'psst')
    connected.on('interactionCreate', async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply()
      await interaction.editReply('done')
    })
    await local.world.slash(local.world.guild.owner_id, local.channel.id, 'data').reply
    expect(local.server.violations).toEqual([])

    const body = { embeds: [{ title: 'x'.repeat(257) }] }
    expect(await codeOf(connected.rest.post(`/channels/${local.channel.id}/messages`, { body }))).toBe(50035)
    await codeOf(connected.rest.get('/no/such/route'))
    expect(local.server.violations.map((one) => one.problems)).toEqual([
      ['/embeds/0/title must NOT have more than 256 characters'],
      ['no such route here'],
    ])
  })

  it.each([
    ['POST', '/channels/{channel_id}/messages', { allowed_mentions: { users: ['ann'] } }],
    ['PATCH', '/channels/{channel_id}/messages/{message_id}', { embeds: 'none' }],
    ['POST', '/webhooks/{webhook_id}/{webhook_token}', { content: 'x'.repeat(2001) }],
    ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}', { content: 5 }],
    ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/@original', { embeds: Array(11).fill({}) }],
    [
      'POST',
      '/interactions/{interaction_id}/{interaction_token}/callback',
      { type: 4, data: { content: 5 } },
    ],
    ['PUT', '/applications/{application_id}/guilds/{guild_id}/commands', [{ name: '', description: 'x' }]],
    ['POST', '/users/@me/channels', { recipient_id: 'ann' }],
    ['POST', '/channels/{channel_id}/webhooks', {}],
    ['POST', '/no/such/path', {}],
  ])('finds what is wrong with %s %s', (method, path, body) => {
    expect(validator!({ method, path, body })).not.toEqual([])
  })
})
