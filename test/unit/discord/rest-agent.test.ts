// discord.js sends files although another undici than its own was loaded first.
import { REST, Routes } from 'discord.js'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { afterEach, expect, it } from 'vitest'
import { DiscordServer } from '../../../sandbox/discord/server.ts'
import { DiscordWorld } from '../../../sandbox/discord/world.ts'
import { restAgent } from '../../../src/discord/rest-agent.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { useProxy } from '../../../src/net/proxy.ts'

const before = getGlobalDispatcher()
afterEach(() => {
  setGlobalDispatcher(before)
  useProxy(null)
})

const url = 'http://127.0.0.1:9'
const elsewhere = { used: true, variable: 'HTTPS_PROXY', host: '127.0.0.1:9', url, httpUrl: url } as const

it.each([
  ['without a proxy', null],
  ['beside a proxy', { ...elsewhere, except: '127.0.0.1' }],
])('%s', async (_, proxy) => {
  setGlobalDispatcher(new Agent())
  useProxy(proxy)
  const world = new DiscordWorld({ clock: systemClock })
  const server = await new DiscordServer(world).listen()
  const rest = new REST({ api: server.apiBase, agent: restAgent() }).setToken(world.token)
  const channel = world.addChannel('relayers')
  const files = [{ name: 'proposal.json', data: Buffer.from('{}') }]
  await rest.post(Routes.channelMessages(channel.id), { body: { content: 'x' }, files })
  expect(world.messages(channel.id)).toMatchObject([
    { attachments: [{ filename: 'proposal.json', size: 2 }] },
  ])
  world.close()
  await server.close()
})
