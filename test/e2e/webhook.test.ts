// A webhook that is gone, refuses, or has changed: nothing is lost, the order is kept, and the channel is told.
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { startPagerServer } from '../../sandbox/pagers/server.ts'
import { settingsOf } from '../../src/config/index.ts'
import { until } from '../support/discord-bot.ts'
import {
  closeWorlds,
  DAY,
  HOUR,
  makeWorld,
  startWorld,
  type TestWorld,
  type WorldSetup,
} from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 30 * DAY

function threeChains(chains: ChainWorld): void {
  for (const chainId of ['alpha-1', 'beta-1', 'gamma-1']) chains.addChain({ chainId })
  chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD })
  chains.openConnection('gamma-1', 'beta-1', {
    trustingPeriodMs: PERIOD,
    a: { ageMs: 0.05 * PERIOD },
    b: { trustingPeriodMs: 1000 * DAY },
  })
}

const three = (config?: WorldSetup['config']) => startWorld({ build: threeChains, config })

const status = async (world: TestWorld) => {
  const reply = await world.discord.slash(world.ann, world.channelId, 'status').reply
  return JSON.stringify(reply.embeds)
}

const registered = (world: TestWorld) =>
  until(() => world.log.some(({ msg }) => msg === 'slash commands are registered'))

describe('a webhook that was deleted', () => {
  it('is said in the channel, in the log, in $status and to the pagers; the bot says what waits, in order, and the next counts it', async () => {
    const pagers = await startPagerServer()
    onTestFinished(() => pagers.close())
    const paged = (what: string) =>
      pagers.hook.pages.filter(({ key }) => String(key).includes(what)).map(({ action }) => action)
    const world = await makeWorld({
      build: threeChains,
      config: (base) => ({
        ...base,
        alerts: {
          ...base.alerts,
          remindEvery: '90d',
          pagers: [{ kind: 'webhook', secret: 'PAGE_HOOK', from: 'warning' }],
        },
      }),
    })
    world.secrets.PAGE_HOOK = pagers.secrets.webhook
    await world.restart()
    await registered(world)
    world.discord.deleteWebhook(world.webhook.id)
    await world.leap(0.76 * PERIOD)
    await world.leap(0.05 * PERIOD)
    await until(() => world.answers().length > 0)
    expect(world.posts()).toEqual([])
    const [first, oldest, ...others] = world.answers().map(({ content }) => content)
    expect(first).toContain('`DISCORD_WEBHOOK_URL`) does not work any more: 404 Unknown Webhook')
    // The older matter first; the other two came about at the same moment.
    expect(oldest).toContain('gamma-1 07-tendermint-0')
    expect(others.sort()).toEqual([
      expect.stringContaining('alpha-1 07-tendermint-0'),
      expect.stringContaining('beta-1 07-tendermint-0'),
    ])
    expect(
      world.log.some(({ level, msg }) => level >= 50 && /webhook does not work any more/.test(msg)),
    ).toBe(true)
    expect(await status(world)).toMatch(/`DISCORD_WEBHOOK_URL` is gone for .*\d kept/)
    await world.pass(6 * 60_000)
    expect(paged('07-tendermint-0')).toEqual(['trigger', 'trigger', 'trigger'])
    expect(paged('webhook:')).toEqual(['trigger'])
    // The operator makes a new one and restarts.
    const fresh = world.discord.createWebhook(world.channelId)
    world.secrets.DISCORD_WEBHOOK_URL = world.server.webhookUrl(fresh)
    await world.restart()
    await world.pass(60_000)
    expect(world.news()).toEqual([expect.stringMatching(/^⚠️ 3 messages were not taken here/)])
    expect(await status(world)).not.toContain('is gone')
    expect(paged('webhook:')).toEqual(['trigger', 'resolve'])
    expect(paged('07-tendermint-0')).toHaveLength(3)
  })

  it('keeps what was over by the time of the next to one line that tags nobody', async () => {
    const world = await three()
    world.discord.deleteWebhook(world.webhook.id)
    await world.leap(0.76 * PERIOD)
    world.chains.updateClient('gamma-1', '07-tendermint-0')
    await world.sweep()
    world.secrets.DISCORD_WEBHOOK_URL = world.server.webhookUrl(world.discord.createWebhook(world.channelId))
    await world.restart()
    await world.pass(60_000)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: gamma-1 07-tendermint-0/)])
    expect(world.posts().flatMap(({ mention_roles }) => mention_roles)).toEqual([])
  })
})

describe('a message that Discord refuses', () => {
  it('is logged with its payload, said without its details, and does not hold up the next', async () => {
    const world = await three()
    world.server.faults.add('webhook', { kind: 'status', status: 400 }, { method: 'POST' })
    await world.leap(0.76 * PERIOD)
    await world.leap(0.05 * PERIOD)
    await world.pass(60_000)
    const news = world.news()
    expect(news[0]).toMatch(/^🟡 .*gamma-1/)
    expect(world.posts()[0]!.embeds).toEqual([])
    expect(news.some((line) => line.includes('alpha-1'))).toBe(true)
    expect(world.log.some(({ msg, payload }) => /Discord refuses this message/.test(msg) && payload)).toBe(
      true,
    )
    expect(world.app.delivery.status().waiting).toBe(0)
  })

  it('even without its details holds up nobody, is said by the bot itself, and set aside', async () => {
    const world = await three()
    world.server.faults.add(
      'webhook',
      { kind: 'status', status: 400 },
      { method: 'POST', times: Infinity, holds: 'gamma-1' },
    )
    await world.leap(0.76 * PERIOD)
    await world.pass(60_000)
    expect(world.news()).toEqual([])
    await world.leap(0.05 * PERIOD)
    await world.pass(60_000)
    const isSaid = () => world.answers().some(({ content }) => /^🟡 .*gamma-1 07-tendermint-0/.test(content))
    const lastMs = world.clock.now() + 5 * 60_000
    while (!isSaid() && world.clock.now() < lastMs) await world.pass(15_000)
    expect(isSaid()).toBe(true)
    expect(world.news().some((line) => /^🟡 .*: alpha-1/.test(line))).toBe(true)
    expect(world.news().some((line) => line.includes('gamma-1'))).toBe(false)
    await world.pass(5 * 60_000)
    expect(world.app.delivery.status().waiting).toBe(0)
  })
})

describe('an edit that Discord never answers well', () => {
  it.each([
    ['500', { kind: 'status' as const, status: 500 }],
    ['a rate limit of a day', { kind: 'rate-limit' as const, retryAfterS: 86_400 }],
  ])('by %s holds up no level of another client, over a restart too', async (_, fault) => {
    const world = await three()
    await world.leap(0.76 * PERIOD)
    world.server.faults.add('webhook', fault, { method: 'PATCH', times: Infinity })
    world.chains.updateClient('gamma-1', '07-tendermint-0')
    await world.sweep()
    expect(world.news().map((line) => line.slice(0, 2))).toEqual(['🟡', '🟢'])
    for (const [share, told] of [
      [0.05, /^🟡 .*alpha-1/],
      [0.1, /^🟠 .*alpha-1/],
      [0.1, /^🔴 EXPIRED: alpha-1/],
    ] as const) {
      await world.leap(share * PERIOD)
      await world.pass(30_000)
      expect(world.news()).toContainEqual(expect.stringMatching(told))
      await world.restart()
    }
    // The longest wait that is obeyed is six hours; after a day the line that it is over is enough.
    await world.leap(6.1 * HOUR)
    await world.pass(30_000)
    expect(world.lines()[0]).toMatch(/^🟡 .*gamma-1/)
    expect(world.app.delivery.status().waiting).toBe(0)
  })
})

describe('a proxy that answers in the place of Discord', () => {
  it('costs no alert: it is said in the channel and in $status, the alert by the bot, and counted when it lets through', async () => {
    const world = await three()
    await registered(world)
    world.server.faults.add('webhook', { kind: 'answer', status: 407, body: '<html>' }, { times: Infinity })
    await world.leap(0.76 * PERIOD)
    await world.pass(6 * 60_000)
    await until(() => world.answers().length > 0)
    expect(world.posts()).toEqual([])
    expect(world.answers()[0]!.content).toContain('takes nothing at the moment: 407: no answer of Discord')
    expect(await status(world)).toMatch(/`DISCORD_WEBHOOK_URL` does not take what waits \(1\): `407: no/)
    world.server.faults.clear()
    await world.pass(5 * 60_000)
    expect(world.answers()[1]!.content).toMatch(/^🟡 .*gamma-1/)
    expect(world.news()).toEqual([expect.stringMatching(/^⚠️ 1 message was not taken here/)])
    expect(await status(world)).not.toContain('does not take')
  })
})

describe('routes', () => {
  const routed: WorldSetup['config'] = (base) => ({
    ...base,
    alerts: {
      ...base.alerts,
      routes: [{ chains: ['gamma-1'], webhook: 'TESTNET_WEBHOOK_URL', mention: [] }],
    },
  })

  it('without their secret are named', async () => {
    await expect(three(routed)).rejects.toThrow('TESTNET_WEBHOOK_URL is missing')
  })

  it('have queues of their own: one that is down holds up no other', async () => {
    const world = await makeWorld({ build: threeChains, config: routed })
    const other = world.discord.createWebhook(world.discord.addChannel('testnets').id)
    world.secrets.TESTNET_WEBHOOK_URL = world.server.webhookUrl(other)
    await world.restart()
    world.discord.deleteWebhook(world.webhook.id)
    await world.leap(0.8 * PERIOD)
    await world.pass(60_000)
    const testnets = world.discord.messages(other.channel_id)
    expect(testnets.map(({ content }) => content)).toEqual([expect.stringMatching(/^🟡 .*gamma-1/)])
    expect(testnets[0]!.mention_roles).toEqual([])
    expect(world.app.delivery.status().webhooks).toContainEqual(
      expect.objectContaining({ name: 'DISCORD_WEBHOOK_URL', goneReason: expect.stringContaining('404') }),
    )
  })
})

describe('a channel in place of a webhook', () => {
  it('starts while Discord is down, says where it goes around, alerts there, and tells which server is served', async () => {
    const world = await makeWorld({ build: threeChains })
    const { id } = world.discord.addChannel('alerts')
    const chains = world.settings.chains.map(({ chainId, rest }) => ({
      chainId,
      rest: rest.map(({ url }) => url),
    }))
    const schedule = { clients: '0 0 31 12 *', wallets: '0 0 31 12 *', digest: '0 0 31 12 *' }
    const settings = await settingsOf({
      alerts: { channel: id },
      chains,
      schedule,
      limits: { requestsPerSecond: 1000 },
    })
    const { DISCORD_WEBHOOK_URL: url } = world.secrets
    delete world.secrets.DISCORD_WEBHOOK_URL
    world.server.faults.add('bot', { kind: 'status', status: 502 }, { times: Number.POSITIVE_INFINITY })
    await world.restart(settings)
    await world.leap(0.76 * PERIOD)
    const there = () => world.discord.messages(id).map(({ content }) => content)
    expect(there()).toEqual([])
    world.server.faults.clear()
    await world.pass(6 * 60_000)
    expect(there()).toContainEqual(expect.stringMatching(/^🟡 .*gamma-1/))
    await registered(world)
    const [own] = [...world.discord.webhooks.values()].filter((one) => one.application_id !== null)
    expect(JSON.stringify(world.log)).not.toContain(own!.token)
    // The next start may not manage webhooks any more.
    world.secrets.DISCORD_WEBHOOK_URL = url!
    world.discord.denyBot(id, ['MANAGE_WEBHOOKS'])
    await world.restart(settings)
    await world.leap(0.05 * PERIOD)
    await world.pass(60_000)
    const around = world.news()
    expect(around).toContainEqual(expect.stringMatching(/^🟡 .*alpha-1/))
    expect(around).toContainEqual(expect.stringContaining('the bot lacks Manage Webhooks. Give'))
  })
})
