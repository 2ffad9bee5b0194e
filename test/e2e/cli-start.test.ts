// `ibc-monitor start` as a process: what is wrong at the start is said once and clearly; signals end it in time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import {
  type BotProcess,
  closeOutside,
  killed,
  makeOutside,
  type Outside,
  oneCritical,
} from '../support/bot-process.ts'
import { until } from '../support/discord-bot.ts'

afterEach(closeOutside)

/** How a process that cannot start ends. */
async function failure(bot: BotProcess): Promise<{ code: number | string; message: string }> {
  const code = await bot.ended
  // People read stderr; a stack trace is for bugs.
  expect(bot.err()).not.toMatch(/^\s+at /m)
  expect(bot.err()).not.toContain('This is a bug')
  return { code, message: bot.err() }
}

describe('a wrong configuration', () => {
  it('is refused with every problem at once, each with its path, and exit code 2', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.configure((config) => ({
      ...config,
      alerts: { warnAtt: 0.8, criticalAt: 90, mention: ['@here'] },
      limits: { timeout: 'soon' },
      chains: ['cosmohub', { chainId: 'alpha-1', rest: ['lcd.example.com'], connectionz: 'all' }],
    }))
    const { code, message } = await failure(world.run('start'))
    expect(code).toBe(2)
    for (const expected of [
      'alerts.warnAtt: unknown key, did you mean `warnAt`?',
      'alerts.criticalAt: must be below 1',
      'alerts.mention[0]: not a mention',
      'limits.timeout: "soon" is not a duration',
      'chains[0]: "cosmohub" is neither a name nor a chain id',
      'chains[1].rest[0]: not a URL',
      'chains[1].connectionz: unknown key, did you mean `connections`?',
    ]) {
      expect(message).toContain(expected)
    }
  })

  it('that is absent, no JSON, or lacks its secrets is said in words', async () => {
    const world = await makeOutside({ build: oneCritical })
    const absent = await failure(world.run('start', '--config', join(world.directory, 'nothing.ts')))
    expect([absent.code, absent.message]).toEqual([
      2,
      expect.stringContaining('There is no configuration at'),
    ])
    const { DISCORD_TOKEN: _, DISCORD_WEBHOOK_URL: __, ...env } = world.env
    world.env = { ...env, DISCORD_WEBHOOK_URL: 'https://example.com/secret-in-a-wrong-place' }
    const secrets = await failure(world.run('start'))
    expect(secrets.code).toBe(2)
    expect(secrets.message).toContain('DISCORD_WEBHOOK_URL is not a webhook URL')
    expect(secrets.message).not.toContain('secret-in-a-wrong-place')
    writeFileSync(world.configFile, '{ "chains": ')
    const broken = await failure(world.run('start'))
    expect([broken.code, broken.message]).toEqual([2, expect.stringContaining('could not be read')])
  })

  it('a LOG_LEVEL that does not exist is refused with those that do', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.env.LOG_LEVEL = 'loud'
    const { code, message } = await failure(world.run('start'))
    expect(code).toBe(2)
    expect(message).toMatch(/LOG_LEVEL.*loud.*debug/s)
  })
})

describe('a chain that cannot be built', () => {
  it('keeps none of the others from being watched, and ends the start only where nothing is left', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.configure((config) => ({
      ...config,
      chains: ['left-the-registry', { chainId: 'no-rest-1' }, ...(config.chains as object[])],
    }))
    const bot = world.run('start')
    await until(() => world.lines().some((line) => line.includes('16 h left: alpha-1')))
    await until(() => world.lines().join().includes('NOT WATCHED: left-the-registry'))
    expect(world.lines().join()).toContain('NOT WATCHED: no-rest-1')
    expect(bot.err()).toContain(
      'NOT WATCHED: chains[0]: "left-the-registry" is neither a name nor a chain id',
    )
    expect(bot.child.exitCode).toBeNull()
    await killed(bot)

    world.configure((config) => ({ ...config, chains: ['left-the-registry', { chainId: 'no-rest-1' }] }))
    const { code, message } = await failure(world.run('start'))
    expect(code).toBe(2)
    expect(message).toContain('chains[0]: "left-the-registry" is neither a name nor a chain id')
    expect(message).toContain('chains[1].rest: no REST endpoint given')
  })
})

describe('a data directory', () => {
  it('that another process uses is refused with exit code 1, and the other goes on', async () => {
    const world = await makeOutside({ build: oneCritical })
    const first = world.run('start')
    await until(() => world.lines().length > 0)
    const second = await failure(world.run('start'))
    expect(second.code).toBe(1)
    expect(second.message).toContain(`Another ibc-monitor (process ${first.child.pid}) is using`)
    expect(first.child.exitCode).toBeNull()
    // However it ended, the next one starts.
    await killed(first)
    const third = world.run('start')
    await until(() => third.err().includes('"msg":"swept"'))
  })

  it('with a damaged database, or one from a newer version, is refused with exit code 2: again mends nothing', async () => {
    const world = await makeOutside({ build: oneCritical })
    mkdirSync(world.dataDirectory)
    const file = join(world.dataDirectory, 'monitor.sqlite')
    writeFileSync(file, 'this is no database, and it is longer than a header is. '.repeat(100))
    const damaged = await failure(world.run('start'))
    expect([damaged.code, damaged.message]).toEqual([
      2,
      expect.stringMatching(/monitor\.sqlite is damaged.*backup/s),
    ])
    writeFileSync(file, '')
    const database = openDatabase(world.dataDirectory, { nowMs: 0 })
    database.sql.pragma('user_version = 999')
    database.close()
    const newer = await failure(world.run('start'))
    expect([newer.code, newer.message]).toEqual([
      2,
      expect.stringContaining('written by a newer ibc-monitor'),
    ])
    // Damage that only shows when the whole file is looked at.
    const pages = readFileSync(file)
    pages.fill(0xee, 4096 * 2, 4096 * 6)
    pages.writeUInt32BE(0, 60)
    writeFileSync(file, pages)
    const torn = await failure(world.run('start'))
    expect([torn.code, torn.message]).toEqual([2, expect.stringMatching(/monitor\.sqlite is damaged/)])
  })

  it('that another program holds for a while is refused with exit code 1: it is tried again', async () => {
    const world = await makeOutside({ build: oneCritical })
    mkdirSync(world.dataDirectory)
    openDatabase(world.dataDirectory, { nowMs: 0 }).close()
    const other = openSqlite(join(world.dataDirectory, 'monitor.sqlite'))
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('BEGIN EXCLUSIVE')
    const { code, message } = await failure(world.run('start'))
    expect([code, message]).toEqual([1, expect.stringContaining('is locked by another program')])
    other.close()
  })

  it('that cannot be made is refused with exit code 1', async () => {
    const world = await makeOutside({ build: oneCritical })
    writeFileSync(world.dataDirectory, 'a file is in the way')
    const { code, message } = await failure(world.run('start'))
    expect(code).toBe(1)
    expect(message).toContain(world.dataDirectory)
  })

  it.each(['a webhook', 'a webhook that is gone', 'a channel alone'])(
    'that cannot be used is told with its path by the service, which has %s',
    async (way) => {
      const world = await makeOutside({ build: oneCritical })
      const { channelId: channel } = world
      const folder = join(world.directory, 'run')
      mkdirSync(folder)
      world.env.RUNTIME_DIRECTORY = folder
      if (way !== 'a webhook')
        world.configure((config) => ({ ...config, alerts: { channel, mention: [world.role] } }))
      if (way === 'a channel alone') delete world.env.DISCORD_WEBHOOK_URL
      else if (way !== 'a webhook') world.env.DISCORD_WEBHOOK_URL += 'x'
      const tell = (state = 'again') => {
        const env = { ...world.env, SERVICE_RESULT: 'exit-code', EXIT_STATUS: '1' }
        const told = spawn('sh', ['ops/tell-failure.sh', 'ibc-monitor.service', state], {
          env,
          stdio: 'ignore',
        })
        return once(told, 'exit').then(([code]) => code)
      }
      writeFileSync(world.dataDirectory, 'a file "in" \\ the way')
      await failure(world.run('start'))
      expect([await tell(), await tell()]).toEqual([0, 0])
      const said = () => world.discord.messages(channel).map(({ content }) => content)
      expect(said()).toEqual([
        expect.stringMatching(
          /^⚠️ ibc-monitor\.service on .* \(exit-code, 1\) and is started again.* Why: `.*`$/,
        ),
      ])
      expect(said()[0]).toContain(world.dataDirectory)
      // What is wrong is noted anew at each start.
      writeFileSync(world.configFile, '{ "chains": "C:\\\\x" }')
      await failure(world.run('start'))
      expect(await tell('ended')).toBe(0)
      expect(said()[1]).toContain('chains')
      expect(said()[1]).not.toContain(world.dataDirectory)
    },
  )
})

describe("the bot's own connection", () => {
  it.each([
    ['the gateway', (world: Outside) => (world.server.gateway.faults.hang = true)],
    ['REST', (world: Outside) => world.server.faults.add('bot', { kind: 'hang' }, { times: Infinity })],
  ])('keeps no alarm waiting where %s hangs at the first start', async (_, hang) => {
    const world = await makeOutside({ build: oneCritical })
    hang(world)
    const bot = world.run('start')
    await until(() => world.lines().length > 0)
    expect(world.lines()).toEqual([expect.stringMatching(/^🟠 16 h left: alpha-1/)])
    expect(world.server.gateway.connected).toBe(0)
    bot.child.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
  })
})

describe('a token that Discord refuses', () => {
  it('ends the first start with exit code 2; a later one goes on watching and says so', async () => {
    const world = await makeOutside({ build: oneCritical })
    const good = world.env.DISCORD_TOKEN!
    world.env.DISCORD_TOKEN = `${good.slice(0, -4)}XXXX`
    world.server.faults.add('webhook', { kind: 'status', status: 503 }, { method: 'POST', times: Infinity })
    const first = await failure(world.run('start'))
    expect(first.code).toBe(2)
    expect(first.message).toContain('Discord refuses the token')
    expect(first.message).not.toContain(world.env.DISCORD_TOKEN)

    world.env.DISCORD_TOKEN = good
    const second = world.run('start')
    await until(() => second.err().includes('"msg":"swept"'))
    await killed(second)
    world.server.faults.clear()

    world.env.DISCORD_TOKEN = `${good.slice(0, -4)}XXXX`
    const third = world.run('start')
    await until(() => world.lines().length > 0)
    expect(world.lines()).toEqual([expect.stringMatching(/^🟠 16 h left: alpha-1/)])
    await until(() => third.err().includes('Discord refuses the token'))
    expect(third.child.exitCode).toBeNull()
    expect(third.err()).not.toContain(world.env.DISCORD_TOKEN)
  })
})

describe('a signal', () => {
  it('SIGTERM ends it cleanly within 10 s, while a chain and the webhook hang; nothing is lost', async () => {
    const world = await makeOutside({ build: oneCritical, endpoints: { 'beta-1': [{ hang: true }] } })
    world.configure((config) => ({ ...config, limits: { timeout: '60s' } }))
    world.server.faults.add('webhook', { kind: 'hang' }, { method: 'POST', times: Infinity })
    const bot = world.run('start')
    await until(() =>
      world.server.requests.some(({ method, path }) => method === 'POST' && path.startsWith('/webhooks/')),
    )
    const beganMs = Date.now()
    bot.child.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
    // 10 s are its own limits; a busy machine adds to them, but the requests' 60 s were not waited for.
    expect(Date.now() - beganMs).toBeLessThan(50_000)
    world.server.faults.clear()
    world.run('start')
    await until(() => world.lines().length > 0)
    expect(world.lines()).toHaveLength(1)
  })

  it('SIGINT ends it before it is connected', async () => {
    const world = await makeOutside({ build: oneCritical })
    world.server.faults.add('bot', { kind: 'hang' }, { times: Infinity })
    const bot = world.run('start')
    await until(() => world.server.requests.length > 0)
    bot.child.kill('SIGINT')
    expect(await bot.ended).toBe(0)
  })
})
