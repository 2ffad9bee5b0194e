// Which server a webhook writes into: only Discord's own word says that it is gone, for then another server may be taken.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LOGIN_PAGE } from '../../sandbox/discord/faults.ts'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld } from '../../sandbox/discord/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { webhookGuild } from '../../src/alerts/webhook-guild.ts'

let world: DiscordWorld
let server: DiscordServer
let url: string

beforeEach(async () => {
  world = new DiscordWorld({ clock: new ManualClock() })
  server = await new DiscordServer(world).listen()
  url = server.webhookUrl(world.createWebhook(world.addChannel('alerts').id))
})
afterEach(async () => {
  world.close()
  await server.close()
})

it('is that of its answer, and none where Discord says that it is gone', async () => {
  expect(await webhookGuild(url)).toBe(world.guild.id)
  expect(await webhookGuild(url.replace(/\/[^/]+$/, '/gone'))).toBeNull()
  expect(await webhookGuild(url.replace(/\/\d+\/[^/]+$/, '/123456789012345678/gone'))).toBeNull()
})

it.each([
  [200, LOGIN_PAGE],
  [204, undefined],
  [302, undefined],
  [400, LOGIN_PAGE],
  [401, LOGIN_PAGE],
  [403, 'error code: 1015'],
  [404, LOGIN_PAGE],
  [404, { message: '404: Not Found', code: 0 }],
  [407, undefined],
  [410, ''],
  [429, { retry_after: 3600 }],
  [500, undefined],
] as const)('is not known from the answer %s %s of whatever stands in between', async (status, body) => {
  server.faults.add('webhook', { kind: 'answer', status, body }, { method: 'GET' })
  await expect(webhookGuild(url)).rejects.toThrow()
})
