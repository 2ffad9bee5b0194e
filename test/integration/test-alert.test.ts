// `test-alert` against the local Discord: what arrives, whom it tags, how fast it goes, what is said when it fails.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import type { Webhook } from '../../sandbox/discord/types.ts'
import { DiscordWorld } from '../../sandbox/discord/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { runTestAlert } from '../../src/cli/test-alert.ts'
import { UsageError } from '../../src/kernel/errors.ts'
import { captured } from '../support/cli.ts'
import { discordDescription } from '../support/world.ts'

const SORTS = ['warning', 'critical', 'expired', 'frozen', 'blind', 'halted', 'low balance', 'over']

let folder: string
let clock: ManualClock
let world: DiscordWorld
let server: DiscordServer
let channelId: string
let webhook: Webhook
let role: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-test-alert-'))
  clock = new ManualClock()
  world = new DiscordWorld({ clock })
  server = await new DiscordServer(world, { strictSpec: discordDescription() }).listen()
  channelId = world.addChannel('relayers').id
  webhook = world.createWebhook(channelId)
  role = `<@&${world.addRole('relayers').id}>`
})
afterEach(async () => {
  world.close()
  await server.close()
  rmSync(folder, { recursive: true })
  expect(server.violations).toEqual([])
})

/** Sends the tests; a wait moves the world's clock, as far as it lasts. */
async function run(
  options: { mention?: boolean; alerts?: object; secrets?: Record<string, string>; more?: object } = {},
) {
  const config = join(folder, 'config.json')
  const rest = ['https://lcd.example.org']
  const chains = [
    { chainId: 'one-1', name: 'One', rest, token: { symbol: 'ONE', denom: 'uone', decimals: 6 } },
    { chainId: 'two-1', name: 'Two', rest },
  ]
  writeFileSync(
    config,
    JSON.stringify({ alerts: { mention: [role], ...options.alerts }, chains, ...options.more }),
  )
  const written = captured()
  written.io.env = { DISCORD_WEBHOOK_URL: server.webhookUrl(webhook), ...options.secrets }
  let sleptMs = 0
  const sleep = (ms: number) => {
    sleptMs += ms
    return clock.advance(ms)
  }
  const deps = { clock: { now: () => clock.now(), at: clock.at.bind(clock), sleep } }
  const code = await runTestAlert({ config, mention: options.mention ?? true }, written.io, deps)
  expect(written.err()).not.toContain(webhook.token)
  return { code, said: written.err(), sleptMs }
}

const messages = (id = channelId) => world.messages(id)

describe('test-alert', () => {
  it('sends one of each, marked as a test in its first word, tagging as a real alert does', async () => {
    const { code, said } = await run()
    expect(code).toBe(0)
    expect(messages()).toHaveLength(SORTS.length)
    for (const { content } of messages()) expect(content).toMatch(/^TEST \p{Extended_Pictographic}/u)
    const first = messages().map(({ content }) => content.split(/[:.]/)[0])
    expect(first.map((line) => line!.replace(/\P{Letter}+/gu, ' ').trim())).toEqual([
      'TEST h left',
      'TEST h left',
      'TEST EXPIRED',
      'TEST FROZEN',
      'TEST BLIND min',
      'TEST HALTED',
      'TEST LOW',
      'TEST over',
    ])
    const pinged = messages().map((message) => message.mention_roles.length)
    expect(pinged).toEqual([1, 1, 1, 1, 1, 1, 1, 0])
    for (const { embeds } of messages().slice(0, -1))
      expect(embeds[0]!.footer!.text).toContain('nothing is wrong')
    for (const sort of SORTS) expect(said).toContain(`  ${sort}: accepted`)
  })

  it('goes at the pace that Discord gives, and is never refused for being too fast', async () => {
    const { sleptMs } = await run()
    expect(sleptMs).toBeGreaterThanOrEqual(1900)
    expect(server.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  it('waits as long as a 429 asks', async () => {
    server.faults.add('webhook', { kind: 'rate-limit', retryAfterS: 40 })
    const { code, said, sleptMs } = await run()
    expect(code).toBe(0)
    expect(said).toContain('Discord asks to wait 40 s')
    expect(sleptMs).toBeGreaterThanOrEqual(40_000)
    expect(messages()).toHaveLength(SORTS.length)
  })

  it('does not wait for hours', async () => {
    server.faults.add('webhook', { kind: 'ban', retryAfterS: 3600 })
    const { code, said } = await run()
    expect(code).toBe(1)
    expect(said).toContain('warning: NOT ACCEPTED, 429')
    expect(messages()).toHaveLength(SORTS.length - 1)
  })

  it('tags nobody when that is not wanted', async () => {
    await run({ mention: false })
    expect(messages()).toHaveLength(SORTS.length)
    for (const message of messages()) {
      expect(message.mention_roles).toEqual([])
      expect(message.content).not.toContain(role)
    }
  })

  it('goes through the webhook of each route, with the mention of that route', async () => {
    const other = world.addChannel('testnet').id
    const routes = [{ chains: ['two-1'], webhook: 'TESTNET_WEBHOOK_URL', mention: [] }]
    const { said } = await run({
      alerts: { routes },
      secrets: { TESTNET_WEBHOOK_URL: server.webhookUrl(world.createWebhook(other)) },
    })
    expect(messages()[0]!.content).toContain('One 07-tendermint-0')
    expect(messages(other)).toHaveLength(SORTS.length)
    expect(messages(other)[0]!.content).toContain('Two 07-tendermint-0 (tracks One)')
    for (const message of messages(other)) expect(message.mention_roles).toEqual([])
    expect(said).toContain('TESTNET_WEBHOOK_URL (alerts about Two go there), tagging nobody')
  })

  it('goes into a channel through the webhook that the bot makes there', async () => {
    const secrets = { DISCORD_WEBHOOK_URL: '', DISCORD_TOKEN: world.token, DISCORD_API_BASE: server.apiBase }
    const { code, said } = await run({ alerts: { channel: channelId }, secrets })
    expect([code, messages().length]).toEqual([0, SORTS.length])
    expect(messages()[0]!.application_id).toBe(world.applicationId)
    world.denyBot(channelId, ['MANAGE_WEBHOOKS'])
    const again = await run({ alerts: { channel: channelId }, secrets })
    expect(again.code).toBe(1)
    expect(again.said).toContain('NOT ACCEPTED, no webhook in the channel')
    expect(`${said}${again.said}`).not.toContain([...world.webhooks.values()].at(-1)!.token)
  })

  it('needs no chain: a faucet that stands alone has a webhook too', async () => {
    const faucet = {
      chain: 'drip-1',
      channels: [channelId],
      address: { prefix: 'lig' },
      sender: { kind: 'ligate-v1', url: 'https://faucet.example.org' },
    }
    const { code, said } = await run({ more: { chains: [], faucet } })
    expect([code, messages()]).toEqual([0, expect.objectContaining({ length: SORTS.length })])
    expect(said).toContain('DISCORD_WEBHOOK_URL (alerts about a made-up chain go there)')
  })

  it('fails when one is not accepted, and sends the others', async () => {
    server.faults.add('webhook', { kind: 'status', status: 500 })
    const { code, said } = await run()
    expect(code).toBe(1)
    expect(said).toContain('warning: NOT ACCEPTED, 500')
    expect(said).toContain('1 not accepted')
    expect(messages()).toHaveLength(SORTS.length - 1)
  })

  it('does not count a 2xx without a message as accepted, nor a proxy’s 404 as gone', async () => {
    server.faults.add('webhook', { kind: 'answer', status: 200, body: '<html>Sign in</html>' })
    server.faults.add('webhook', { kind: 'answer', status: 404, body: '<html>' })
    const { code, said } = await run()
    expect(code).toBe(1)
    expect(said).toContain('NOT ACCEPTED, 200 without a message')
    expect(said).toContain('NOT ACCEPTED, 404: no answer of Discord')
    expect(said).toContain('2 not accepted')
    expect(messages()).toHaveLength(SORTS.length - 2)
  })

  it('stops at a webhook that is gone', async () => {
    world.deleteWebhook(webhook.id)
    const { code, said } = await run()
    expect(code).toBe(1)
    expect(said).toContain('404 Unknown Webhook')
    expect(said).toContain(`${SORTS.length} not accepted`)
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('refuses to begin without a webhook URL, naming each', async () => {
    const routes = [{ chains: ['two-1'], webhook: 'TESTNET_WEBHOOK_URL' }]
    const begun = run({ alerts: { routes }, secrets: { DISCORD_WEBHOOK_URL: 'https://discord.com/no' } })
    await expect(begun).rejects.toThrow(UsageError)
    await expect(begun).rejects.toThrow(
      /DISCORD_WEBHOOK_URL is not a webhook URL.*\nTESTNET_WEBHOOK_URL is missing/,
    )
    expect(server.requests).toEqual([])
  })
})
