// Two watchers of one world, with a token and a database each: nobody is called twice while both live, and the second one
// speaks when the first is dead.
import { afterEach, describe, expect, it } from 'vitest'
import { startFaucetServer } from '../../sandbox/faucet/server.ts'
import { until } from '../support/discord-bot.ts'
import { ligAddress, SECRET } from '../support/faucet.ts'
import { secondWatcher } from '../support/second-watcher.ts'
import { strike } from '../support/strike.ts'
import {
  closeWorlds,
  DAY,
  HOUR,
  MINUTE,
  startWorld,
  type TestWorld,
  type WorldSetup,
} from '../support/world.ts'

const PERIOD = 30 * DAY
const closes: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await Promise.all(closes.splice(0).map((close) => close()))
  await closeWorlds()
})

/** `alpha-1` with a client for each age, and a second watcher that has not started. */
async function start(agesMs: readonly number[], more: Partial<WorldSetup> = {}) {
  const world = await startWorld({
    build(chains) {
      for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
      for (const ageMs of agesMs) {
        const b = { trustingPeriodMs: 1000 * DAY }
        chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs }, b })
      }
    },
    ...more,
  })
  const second = await secondWatcher(world)
  closes.push(second.close)
  return { world, second }
}

const FROM = 'from the standby: '
/** What tags somebody and has come since the last call. */
const calls = (world: TestWorld) => world.news().filter((line) => line.includes(world.role))
const spoken = (world: TestWorld) => world.lines().filter((line) => line.includes(FROM))

describe('a second watcher', () => {
  it('finds what was told days before it was started, is silent for as long as the first one speaks, and answers no command', async () => {
    const { world, second } = await start([0.8 * PERIOD, 0])
    expect(calls(world)).toEqual([expect.stringMatching(/^🟡 .*07-tendermint-0 /)])
    await second.restart()
    await second.pass(6 * MINUTE)
    // Reminders, the next level, and what is over, hours and days later.
    await second.leap(DAY)
    await second.pass(10 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^🟡 still not updated/)])
    await second.leap(2 * DAY)
    await second.pass(10 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^🟠 /)])
    world.chains.updateClient('alpha-1', '07-tendermint-0')
    await Promise.all([world.sweep(), second.app.clients.watch.sweepAll()])
    await second.pass(5 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: /)])
    expect(spoken(world)).toEqual([])
    world.discord.say(world.ann, world.channelId, '$data')
    const { reply } = second.discord.slash(world.ann, world.channelId, 'status')
    expect(JSON.stringify(await reply)).toMatch(/\*\*Standby\*\*.*told of what I looked for came <t:\d+:R>/)
    await until(() => world.answers().length > 0)
    expect(second.discord.commands.guild.map(({ name }) => name)).toEqual(['status'])
  })

  it('calls within minutes when the first one is dead, and ends what it said itself; then it is silent again', async () => {
    const { world, second } = await start([0.899 * PERIOD, 0])
    await second.restart()
    await second.pass(5 * MINUTE)
    world.news()
    await world.stop()
    await second.leap(0.001 * PERIOD)
    await second.pass(5 * MINUTE)
    expect(calls(world)).toEqual([
      expect.stringMatching(/^from the standby: 🟠 .*alpha-1 07-tendermint-0 .*<@&\d+>$/),
    ])
    world.chains.updateClient('alpha-1', '07-tendermint-0')
    await second.app.clients.watch.sweepAll()
    await second.pass(5 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(/^from the standby: 🟢 over: alpha-1 07-tendermint-0/),
    ])
    expect(world.lines().some((line) => line.startsWith(`🟢 over: ${FROM}🟠`))).toBe(true)
    // It was lost and is told of by the second one while the first is away: the first says it too, and calls nobody.
    await second.leap(0.95 * PERIOD)
    await second.pass(5 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^from the standby: /)])
    await world.restart()
    await second.pass(5 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 [^@]*$/)])
    world.chains.updateClient('alpha-1', '07-tendermint-0')
    world.chains.updateClient('alpha-1', '07-tendermint-1')
    await Promise.all([world.sweep(), second.app.clients.watch.sweepAll()])
    await second.pass(5 * MINUTE)
    world.news()
    await second.leap(0.8 * PERIOD)
    await second.pass(5 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^🟡 2 warning on alpha-1/)])
    expect(spoken(world)).toHaveLength(3)
  })

  it.each([
    ['', 3.75],
    [', also where it pauses longer than the second one waits', 2.5],
  ])('leaves the first one its turn after an outage in which nobody could post%s', async (_, minutes) => {
    const { world, second } = await start([0.899 * PERIOD])
    await second.restart()
    await second.pass(5 * MINUTE)
    world.news()
    const servers = [world.server, second.server]
    for (const { faults } of servers)
      faults.add('webhook', { kind: 'status', status: 503 }, { method: 'POST', times: Infinity })
    await second.leap(0.001 * PERIOD)
    await second.pass(minutes * MINUTE)
    for (const { faults } of servers) faults.clear()
    await second.pass(15 * MINUTE)
    const all = world.discord.messages(world.channelId).filter(({ content }) => content.includes('🟠'))
    expect(all.filter(({ content }) => content.includes(world.role))).toHaveLength(1)
    expect(all.at(-1)!.content).toMatch(/^🟠 /)
  })

  it('leaves to the first one what its next sweep shows, and calls when the time is over of whoever had it', async () => {
    const { world, second } = await start([0.8 * PERIOD, 0])
    await second.restart()
    await second.pass(5 * MINUTE)
    world.news()
    await world.discord.slash(world.ann, world.channelId, 'ack', { alert: '1', time: '26h' }).reply
    // It has looked around a while before the first one's next sweep.
    world.chains.freeze('alpha-1', '07-tendermint-1')
    await second.restart()
    await second.pass(6 * MINUTE)
    expect(calls(world)).toEqual([])
    await world.sweep()
    await second.pass(10 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^🧊 /)])
    await second.leap(25 * HOUR)
    await second.pass(10 * MINUTE)
    await world.stop()
    expect(calls(world)).toEqual([])
    await second.leap(HOUR)
    await second.pass(10 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^from the standby: 🟡 still /)])
  })

  it('has called for what the first one sees hours later, or could not post, and is not joined in that', async () => {
    const { world, second } = await start([0.899 * PERIOD, 0.899 * PERIOD - MINUTE, 0], {
      config: (base) => ({ ...base, schedule: { clients: '0 */6 * * *' } }),
    })
    await second.restart()
    await second.pass(5 * MINUTE)
    world.chains.freeze('alpha-1', '07-tendermint-2')
    await second.restart()
    await second.pass(20 * MINUTE)
    expect(calls(world)).toContainEqual(expect.stringMatching(/^from the standby: 🧊 /))
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 [^@]*$/)])
    // Refused for so long that the second client waits behind the first, too.
    world.server.faults.add('webhook', { kind: 'rate-limit', retryAfterS: 600 }, { method: 'POST' })
    // It is not the time after it was away, as after a leap of the clock.
    await second.pass(0.001 * PERIOD - 5 * MINUTE)
    const both = [0, 1].map((n) => expect.stringMatching(`^from the standby: 🟠 .*tendermint-${n} `))
    const all = world.discord.messages(world.channelId).map(({ content }) => content)
    expect(all.filter((line) => line.includes('🟠') && line.includes(world.role))).toEqual(both)
  })

  it('tags nobody for what it alone cannot see, until the first one has missed something', async () => {
    const { world, second } = await start([0.899 * PERIOD])
    await second.restart()
    await second.pass(5 * MINUTE)
    await world.stop()
    world.news()
    strike(world, { html: 502 })
    await second.pass(20 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^from the standby: ⚫ BLIND [^@]*$/)])
    strike(world, {})
    await second.leap(0.001 * PERIOD)
    await second.pass(6 * MINUTE)
    expect(calls(world)).toEqual([expect.stringMatching(/^from the standby: 🟠 /)])
    strike(world, { html: 502 })
    await second.leap(0.1 * PERIOD - 12 * HOUR)
    await second.pass(20 * MINUTE)
    expect(calls(world)).toContainEqual(expect.stringMatching(/^from the standby: ⚫ BLIND .* may expire/))
    // It is back, and sees what the second one does not.
    strike(world, {})
    await world.restart()
    await second.pass(30 * MINUTE)
    world.news()
    strike(world, { html: 502 })
    await world.stop()
    await second.pass(20 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^from the standby: ⚫ BLIND [^@]*$/)])
  })

  it('says who speaks where it tells of its own troubles', async () => {
    const { world, second } = await start([0.8 * PERIOD])
    const gone = world.discord.createWebhook(world.channelId)
    second.secrets.DISCORD_WEBHOOK_URL = second.server.webhookUrl(gone)
    const forbidden = {
      kind: 'answer',
      status: 403,
      body: { message: 'Missing Access', code: 50001 },
    } as const
    second.server.faults.add('bot', forbidden, {
      method: 'GET',
      path: '/channels/{channel_id}/messages',
      times: Infinity,
    })
    await second.restart()
    await second.pass(4 * MINUTE)
    expect(spoken(world)).toEqual([
      expect.stringMatching(/^from the standby: ⚠️ I cannot read the channel/),
      expect.stringMatching(/^from the standby: 🟡 /),
    ])
    world.discord.deleteWebhook(gone.id)
    await second.leap(0.1 * PERIOD)
    await second.pass(10 * MINUTE)
    const own = world.discord
      .messages(world.channelId)
      .filter(({ author }) => author.id === second.discord.bot.id)
    expect(own.map(({ content }) => content)).toEqual([
      expect.stringMatching(/^from the standby: ⚠️ .*does not work any more/),
      expect.stringMatching(/^from the standby: 🟠 /),
    ])
  })

  it('pays nobody, whatever the configuration says: a drip while both live is paid once', async () => {
    const faucet = await startFaucetServer()
    closes.push(() => faucet.close())
    const { world, second } = await start([0], {
      config: (base) => ({
        ...base,
        faucet: {
          chain: 'ligate-devnet',
          channels: ['800000000000000001'],
          address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
          sender: { kind: 'internal-drip', url: faucet.url, token: 'FAUCET_TOKEN' },
        },
      }),
      app(world) {
        world.secrets.FAUCET_TOKEN = SECRET
        world.settings.faucets[0]!.channels.splice(0, 1, world.channelId)
        return {}
      },
    })
    // It was the first one once: its commands are still there.
    second.discord.commands.guild.push(...world.discord.commands.guild)
    await second.restart()
    await until(() => second.discord.commands.guild.length === 1)
    const drip = (discord: typeof world.discord, n: number) =>
      discord.slash(world.ann, world.channelId, 'drip', { address: ligAddress(n) }).reply
    expect((await drip(world.discord, 1)).content).toContain('💧 Sent')
    // Somebody's client still shows it.
    second.discord.commands.guild.push(...world.discord.commands.guild)
    expect((await drip(second.discord, 2)).content).not.toContain('💧')
    await second.pass(5 * MINUTE)
    expect(faucet.world.paid).toHaveLength(1)
    expect(spoken(world)).toEqual([])
  })
})
