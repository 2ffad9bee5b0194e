// `init` and `import` write the server that counts: the webhook's where its URL is there, else what is to be filled in.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld } from '../../sandbox/discord/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createPool } from '../../src/cosmos/endpoints.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { runImport } from '../../src/setup/import.ts'
import { runInit } from '../../src/setup/init.ts'
import { captured } from '../support/cli.ts'
import { predecessorFiles, WEBHOOK } from '../support/predecessor.ts'

let home: string
let file: string
let discord: DiscordWorld
let server: DiscordServer
let url: string
const clock = new ManualClock()

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'ibc-monitor-guild-'))
  file = join(home, 'config.ts')
  discord = new DiscordWorld({ clock })
  server = await new DiscordServer(discord).listen()
  url = server.webhookUrl(discord.createWebhook(discord.addChannel('alerts').id))
})
afterEach(async () => {
  discord.close()
  await server.close()
  rmSync(home, { recursive: true, force: true })
})

const limits = { inFlight: 1, requestsPerSecond: 1000, timeoutMs: 100 }
const openPool = (chainId: string) =>
  createPool({
    chainId,
    rest: [{ url: 'http://127.0.0.1:9' }],
    limits,
    clock,
    logger: createLogger('silent'),
  })

async function init(env: NodeJS.ProcessEnv, config = file): Promise<string> {
  const written = captured()
  written.io.env = env
  expect(await runInit({ chains: ['cosmoshub'], config }, written.io, { openPool })).toBe(3)
  return written.err()
}

async function importFrom(change: (config: string) => string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const path = join(home, 'IBC-Client-Monitor')
  mkdirSync(path)
  for (const [name, text] of predecessorFiles()) {
    writeFileSync(join(path, name), name === 'config.py' ? change(text) : text)
  }
  const written = captured()
  written.io.env = env
  const options = { path, config: file, data: join(home, 'data'), dryRun: false, force: false }
  expect(await runImport(options, written.io, { nowMs: clock.now() })).toBe(0)
  return written.err()
}
const withoutGuild = (text: string) => text.replace(/^guild_id.*$/m, '')
const guildId = async () => (await loadConfig(file)).discord.guildId

describe('init', () => {
  it.each(['the environment', '.env'])(
    'writes the server of the webhook whose URL is in %s',
    async (where) => {
      const env = where === '.env' ? {} : { DISCORD_WEBHOOK_URL: url }
      if (where === '.env') writeFileSync(join(home, '.env'), `DISCORD_WEBHOOK_URL=${url}\n`)
      expect(await init(env)).toContain(`discord.guildId: ${discord.guild.id}, the server of the webhook`)
      expect(await guildId()).toBe(discord.guild.id)
      expect(readFileSync(file, 'utf8')).toContain('nobody is an admin, anywhere else')
    },
  )

  it.each([
    ['there is none', () => undefined],
    ['it is gone', () => url.replace(/\/[^/]+$/, '/gone')],
    ['nobody answers', () => 'http://127.0.0.1:9/api/webhooks/1/x'],
  ])('says what to fill in where %s', async (_, webhook) => {
    expect(await init({ DISCORD_WEBHOOK_URL: webhook() })).toContain('fill in the id of your server')
    expect(await guildId()).toBeNull()
    expect(readFileSync(file, 'utf8')).toMatch(/\/\/ guildId: '…', \/\/ fill in your server/)
  })

  it('says it for JSON too, which has no comments', async () => {
    expect(await init({}, join(home, 'config.json'))).toContain('fill in the id of your server')
  })
})

describe('import', () => {
  it('keeps the server that was configured before, and asks nobody', async () => {
    await importFrom((text) => text.replace(WEBHOOK, url))
    expect(await guildId()).toBe('972778865355272194')
    expect(server.requests).toEqual([])
  })

  it('writes the server of the webhook that it brings', async () => {
    const said = await importFrom((text) => withoutGuild(text).replace(WEBHOOK, url))
    expect(said).toContain(`discord.guildId: ${discord.guild.id}`)
    expect(await guildId()).toBe(discord.guild.id)
  })

  it('says what to fill in where it cannot be found', async () => {
    const said = await importFrom((text) => withoutGuild(text).replace(/^discord_webhook.*$/m, ''))
    expect(said).toContain('fill in the id of your server')
    expect(readFileSync(file, 'utf8')).toMatch(/\/\/ guildId: '…', \/\/ fill in your server/)
  })
})
