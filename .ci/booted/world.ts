// A world for the booted machine: two chains and a Discord on 127.0.0.1, with levers. Prints its configuration as JSON.
//   GET /lines: what the webhooks said, a line each · POST /outage, /well: Discord hangs up on everybody, or no more
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld } from '../../sandbox/discord/world.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'

const chains = new ChainWorld(systemClock)
chains.addChain({ chainId: 'alpha-1' })
chains.addChain({ chainId: 'beta-1' })
const long = { trustingPeriodMs: 1000 * DAY_MS }
chains.openConnection('alpha-1', 'beta-1', {
  trustingPeriodMs: 14 * DAY_MS,
  a: { ageMs: 13.3 * DAY_MS },
  b: long,
})
const discord = new DiscordWorld({ clock: systemClock })
const server = await new DiscordServer(discord, {}).listen()
const channelId = discord.addChannel('relayers').id
const webhook = discord.createWebhook(channelId)
const config = {
  discord: { guildId: discord.guild.id },
  alerts: { remindEvery: '24h' },
  chains: await Promise.all(
    ['alpha-1', 'beta-1'].map(async (chainId) => ({
      chainId,
      rest: [(await serveChain(chains, chainId)).url],
    })),
  ),
}
const levers = createServer((request, response) => {
  if (request.url === '/outage') server.faults.add('any', { kind: 'reset' }, { times: Infinity })
  if (request.url === '/well') server.faults.clear()
  response.end(
    discord
      .messages(channelId)
      .map(({ content }) => content.replaceAll('\n', ' '))
      .join('\n'),
  )
}).listen(0, '127.0.0.1', () => {
  const env = [
    `DISCORD_TOKEN=${discord.token}`,
    `DISCORD_WEBHOOK_URL=${server.webhookUrl(webhook)}`,
    `DISCORD_API_BASE=${server.apiBase}`,
  ].join('\n')
  const { port } = levers.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ config, env, levers: `http://127.0.0.1:${port}` })}\n`)
})
