// Two bots with one token and a database each: nobody is paid twice, and both say what is wrong.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { DiscordServer } from '../../sandbox/discord/server.ts'
import { DiscordWorld } from '../../sandbox/discord/world.ts'
import { type FaucetServer, startFaucetServer } from '../../sandbox/faucet/server.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { type App, createApp } from '../../src/app.ts'
import { settingsOf } from '../../src/config/index.ts'
import { until } from '../support/discord-bot.ts'
import { ligAddress, NOW_MS, SECRET } from '../support/faucet.ts'

const USERS = 20
interface Log {
  level: number
  msg: string
}

let clock: ManualClock
let world: DiscordWorld
let server: DiscordServer
let faucet: FaucetServer
let channelId: string
let auditId: string
let webhookUrl: string
const bots: { app: App; log: Log[]; directory: string }[] = []

async function makeWorld(): Promise<void> {
  clock = new ManualClock(NOW_MS)
  world = new DiscordWorld({ clock })
  server = await new DiscordServer(world).listen()
  faucet = await startFaucetServer({ nowMs: () => clock.now() })
  channelId = world.addChannel('faucet').id
  auditId = world.addChannel('audit').id
  webhookUrl = server.webhookUrl(world.createWebhook(channelId))
}

/** One process, as far as can be seen from outside: everything of its own but the token. */
async function startBot(): Promise<void> {
  const log: Log[] = []
  const directory = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
  const app = createApp({
    settings: await settingsOf({
      discord: { guildId: world.guild.id },
      chains: [],
      faucet: {
        chain: 'ligate-devnet',
        channels: [channelId],
        auditChannel: auditId,
        address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
        sender: { kind: 'internal-drip', url: faucet.url, token: 'FAUCET_TOKEN' },
        dm: 'never',
        queue: { inFlight: 5 },
      },
    }),
    secrets: {
      DISCORD_TOKEN: world.token,
      DISCORD_WEBHOOK_URL: webhookUrl,
      FAUCET_TOKEN: SECRET,
    },
    dataDirectory: directory,
    discordApiBase: server.apiBase,
    logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    clock,
  })
  bots.push({ app, log, directory })
  await app.start()
  await until(() => log.some(({ msg }) => msg === 'slash commands are registered'))
}

afterEach(async () => {
  for (const { app, directory } of bots.splice(0)) {
    await app.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  world.close()
  await server.close()
  await faucet.close()
})

/** Every user asks for their own address; `newestFirst` says which of the bots hears of it first. */
async function everybodyAsks(
  users: readonly string[],
  newestFirst: (i: number) => boolean,
): Promise<string[]> {
  const answers: string[] = []
  for (const [i, user] of users.entries()) {
    server.gateway.faults.newestFirst = newestFirst(i)
    const { reply } = world.slash(user, channelId, 'drip', { address: ligAddress(i) })
    answers.push((await reply).content)
  }
  return answers
}

const paidTwice = () => {
  const paid = faucet.world.paid.map(({ address }) => address)
  return paid.filter((address, i) => paid.indexOf(address) !== i)
}
const addUsers = () => Array.from({ length: USERS }, (_, i) => world.addMember({ name: `user${i}` }).user.id)

describe('two processes with one token', () => {
  it.each([
    ['each answers every other user', (i: number) => i % 2 === 0],
    ['one of them is always late', () => false],
    ['one of them is late but once', (i: number) => i === 7],
  ])('pay nobody twice and say so, where %s', async (_, newestFirst) => {
    await makeWorld()
    await startBot()
    await startBot()
    const users = addUsers()
    const answers = await everybodyAsks(users, newestFirst)
    answers.push(...(await everybodyAsks(users, (i) => !newestFirst(i))))
    answers.push(...(await everybodyAsks(users, newestFirst)))
    expect(paidTwice()).toEqual([])
    expect(answers.filter((text) => text.includes('💧')).length).toBe(faucet.world.paid.length)
    expect(answers.some((text) => text.includes('I am running twice by mistake'))).toBe(true)

    const noticed = bots.filter(({ log }) => log.some(({ msg }) => msg.startsWith('another process runs')))
    expect(noticed.length).toBeGreaterThan(0)
    for (const { app } of noticed) {
      expect(app.discord.status().problem).toContain('another process runs with the token of this bot')
    }
    await until(() => world.messages(auditId).length === noticed.length)
    expect(world.messages(auditId)[0]!.content).toContain(
      '⛔ another process runs with the token of this bot',
    )
    // It stays so until the restart, however late it is.
    clock.set(clock.now() + 24 * 3_600_000)
    await clock.advance(3_600_000)
    for (const { app } of noticed) expect(app.discord.status().problem).toContain('another process runs')
    const before = faucet.world.paid.length
    const late = await everybodyAsks(addUsers(), (i) => i % 2 === 0)
    const refused = late.filter((text) => text.includes('I am running twice by mistake'))
    expect(refused.length).toBeGreaterThan(0)
    if (noticed.length === 2) expect(refused.length).toBe(USERS)
    expect(faucet.world.paid.length - before).toBe(USERS - refused.length)
  })

  it('pay nobody twice where so few ask that it is never proven', async () => {
    await makeWorld()
    await startBot()
    await startBot()
    const users = addUsers()
    const answers: string[] = []
    for (const round of [0, 1, 2]) {
      for (const [i, user] of users.entries()) {
        server.gateway.faults.newestFirst = (i + round) % 2 === 0
        const { reply } = world.slash(user, channelId, 'drip', { address: ligAddress(i) })
        answers.push((await reply).content)
        await clock.advance(11 * 60_000)
      }
    }
    expect(paidTwice()).toEqual([])
    expect(faucet.world.paid).toHaveLength(USERS)
    const doubt = 'another process of mine answered you 3 hours ago, and may have paid you: again'
    expect(answers.slice(USERS, 2 * USERS).filter((text) => text.includes(doubt))).toHaveLength(USERS)
    expect(bots.map(({ app }) => app.discord.status().problem)).toEqual([null, null])
  })

  it('a drip that somebody else acknowledged is not paid, and uses nothing up', async () => {
    await makeWorld()
    await startBot()
    const [ann, bob] = addUsers() as [string, string]
    // As the other process does, before this one.
    const off = server.onRequest(() => {})
    world.onDispatch(({ t, d }) => {
      if (t !== 'INTERACTION_CREATE') return
      const { id, token, member } = d as { id: string; token: string; member: { user: { id: string } } }
      if (member.user.id === ann) world.interactions.answer(id, token, { type: 5 }, [])
    })
    const ask = (user: string, i: number) =>
      world.slash(user, channelId, 'drip', { address: ligAddress(i) }).reply.catch(() => {})
    void ask(ann, 1)
    await until(() => bots[0]!.log.some(({ msg }) => msg.includes('nothing was run')))
    off()
    expect(faucet.requests).toEqual([])
    expect(bots[0]!.app.database.sql.prepare('SELECT count(*) AS n FROM drips').get()).toEqual({ n: 0 })
    await ask(bob, 2)
    expect(faucet.world.paid).toHaveLength(1)
    expect(world.messages(auditId)).toEqual([])
    // Ten minutes later the second one proves nothing either.
    await clock.advance(10 * 60_000)
    void ask(ann, 1)
    await until(() => bots[0]!.log.filter(({ msg }) => msg.includes('nothing was run')).length === 2)
    expect(bots[0]!.app.discord.status().problem).toBeNull()
    void ask(ann, 1)
    await until(() => bots[0]!.app.discord.status().problem)
    await until(() => world.messages(auditId).length === 1)
  })

  it('what the audit channel does not take is said there the next time; moderators and $status go on', async () => {
    await makeWorld()
    await startBot()
    const [ann, bob] = addUsers() as [string, string]
    await everybodyAsks([bob], () => false)
    const drip = bots[0]!.app.database.sql.prepare("UPDATE drips SET status = 'unknown', settled_ms = NULL")
    expect(drip.run().changes).toBe(1)
    const off = world.onDispatch(({ t, d }) => {
      if (t !== 'INTERACTION_CREATE') return
      const { id, token, member } = d as { id: string; token: string; member: { user: { id: string } } }
      if (member.user.id === ann) world.interactions.answer(id, token, { type: 5 }, [])
    })
    const audit = { path: '/channels/{channel_id}/messages' }
    server.faults.add('bot', { kind: 'answer', status: 403, body: 'error code: 1015' }, audit)
    for (const [i, command] of ['faucet', 'drip', 'drips'].entries()) {
      world
        .slash(ann, channelId, command, command === 'drip' ? { address: ligAddress(1) } : {})
        .reply.catch(() => {})
      const seen = () => bots[0]!.log.filter(({ msg }) => msg.includes('nothing was run')).length
      await until(() => seen() === i + 1)
      if (i === 1) await until(() => bots[0]!.log.some(({ msg }) => msg === 'could not write into a channel'))
    }
    off()
    await until(() => world.messages(auditId).length === 1)
    const [carl] = addUsers() as [string]
    expect(await everybodyAsks([carl], () => false)).toEqual([expect.stringContaining('I am running twice')])
    const asks = async (name: string, options: Record<string, string | number>) =>
      (await world.slash(world.guild.owner_id, channelId, name, options).reply).content
    expect(await asks('drips', {})).toContain('1 request, the newest first')
    expect(await asks('drip_settle', { id: 1, outcome: 'failed', note: 'looked it up' })).toContain('settled')
    expect(await asks('faucet', {})).toContain('I am running twice by mistake')
    expect(faucet.world.paid).toHaveLength(1)
  })

  it('whose answer Discord does not take is told all the same, and nobody else waits', async () => {
    await makeWorld()
    await startBot()
    const users = addUsers().slice(0, 3)
    const fault = { kind: 'rate-limit', retryAfterS: 3600 } as const
    server.faults.add('interaction', fault, { method: 'PATCH' })
    const { reply } = world.slash(users[0]!, channelId, 'drip', { address: ligAddress(0) })
    const told = () => bots[0]!.app.database.sql.prepare('SELECT told_ms FROM drips').pluck().all()
    await until(() => bots[0]!.log.some(({ msg }) => msg === 'an answer could not be sent'))
    const others = await everybodyAsks(users, () => false)
    expect(others.filter((text) => text.includes('💧'))).toHaveLength(2)
    await bots[0]!.app.faucet!.tick()
    expect((await reply).content).toContain('💧 Sent 100 LGT')
    expect(told()).not.toContain(null)
  })

  it('an acknowledgement is sent once, whatever Discord answers', async () => {
    await makeWorld()
    await startBot()
    const [ann] = addUsers() as [string]
    const callbacks = () => server.requests.filter(({ path }) => path.endsWith('/callback'))
    const faults = [
      { kind: 'status', status: 500, afterAccept: true },
      { kind: 'reset', afterAccept: true },
      { kind: 'rate-limit', retryAfterS: 1 },
    ] as const
    for (const [i, fault] of faults.entries()) {
      server.faults.add('interaction', fault, { method: 'POST', times: 5 })
      world.slash(ann, channelId, 'drip', { address: ligAddress(1) }).reply.catch(() => {})
      await until(() => bots[0]!.log.filter(({ msg }) => msg.includes('nothing was run')).length === i + 1)
      server.faults.clear()
      expect(callbacks()).toHaveLength(i + 1)
    }
    expect(faucet.requests).toEqual([])
    expect(bots[0]!.app.discord.status().problem).toBeNull()
  })
})
