// From a moved clock to a message in the channel: escalation, reminders, resolution, a webhook that refuses first.
import { afterEach, describe, expect, it } from 'vitest'
import type { Payload } from '../../src/alerts/payload.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, DAY, HOUR, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 30 * DAY
const CLIENT = '07-tendermint-0'

/** Two chains with one connection; only the client on `alpha-1` can run out within the test. */
const pair = (ageMs = 0) =>
  startWorld({
    build(chains) {
      chains.addChain({ chainId: 'alpha-1' })
      chains.addChain({ chainId: 'beta-1' })
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: PERIOD,
        a: { ageMs },
        b: { trustingPeriodMs: 1000 * DAY },
      })
    },
  })

/** What was asked of the webhook, in order. */
const sent = (world: TestWorld) =>
  world.server.requests
    .filter(({ method, path }) => method !== 'GET' && path.startsWith('/webhooks/'))
    .map(({ method, status, body }) => ({ method, status, body: body as Payload }))

const numbers = (world: TestWorld) => world.posts().map(({ embeds }) => embeds[0]?.footer?.text)

describe('a client that nobody updates', () => {
  it('is told through a webhook that fails three times first, once, and tags exactly the role', async () => {
    const world = await pair()
    expect(world.news()).toEqual([])
    const { faults } = world.server
    faults.add('webhook', { kind: 'status', status: 500 }, { method: 'POST' })
    faults.add('webhook', { kind: 'rate-limit', retryAfterS: 3.5 }, { method: 'POST' })
    faults.add('webhook', { kind: 'reset' }, { method: 'POST' })
    await world.leap(0.8 * PERIOD)
    expect(world.news()).toEqual([])
    await world.pass(60_000)
    expect(world.news()).toEqual([
      expect.stringMatching(
        new RegExp(`^🟡 \\d d left: alpha-1 ${CLIENT} \\(tracks beta-1\\), expires .* UTC ${world.role}$`),
      ),
    ])
    expect(sent(world).map(({ method, status }) => [method, status])).toEqual([
      ['POST', 500],
      ['POST', 429],
      ['POST', 0],
      ['POST', 200],
    ])
    for (const { body } of sent(world)) {
      expect(body.allowed_mentions).toEqual({ parse: [], roles: [world.roleId], users: [] })
    }
    const [post] = world.posts()
    expect(post).toMatchObject({ mention_roles: [world.roleId], mention_everyone: false })
    expect(post!.embeds[0]!.description).toContain(
      `hermes update client --host-chain alpha-1 --client ${CLIENT}`,
    )
    expect(post!.embeds[0]!.description).toContain('80 % of 30 d used')
    await world.pass(10 * 60_000)
    expect(world.news()).toEqual([])
  })

  it('is told once at each level, under one number, with the reminders that are due', async () => {
    const world = await pair()
    await world.leap(0.8 * PERIOD)
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 \d d left/)])
    await world.leap(DAY)
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 still not updated, \d d left/)])
    await world.leap(DAY - HOUR)
    expect(world.news()).toEqual([])
    await world.leap(HOUR)
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 still not updated, 4 d left/)])
    await world.leap(DAY)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 72 h left/)])
    await world.leap(DAY)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 still not updated, 48 h left/)])
    await world.leap(DAY)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 still not updated, 24 h left/)])
    // Half of what was left has passed: sooner than the daily reminder.
    await world.leap(12 * HOUR)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 still not updated, 12 h left/)])
    await world.leap(12 * HOUR + 60_000)
    expect(world.news()).toEqual([
      `🔴 EXPIRED: alpha-1 ${CLIENT} (tracks beta-1). An update is refused now, governance only ${world.role}`,
    ])
    expect(world.posts().every(({ mention_roles }) => mention_roles.length === 1)).toBe(true)
    expect(new Set(numbers(world))).toEqual(new Set(['#1']))
    await world.leap(3 * DAY)
    await world.sweep()
    expect(world.news()).toEqual([])
  })

  it('is over with its update: one line without a mention, and the first message says so', async () => {
    const world = await pair(0.95 * PERIOD)
    const [first] = world.posts()
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 36 h left/)])
    await world.pass(60_000)
    world.chains.updateClient('alpha-1', CLIENT)
    await world.sweep()
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^🟢 over: alpha-1 07-tendermint-0 \(tracks beta-1\) was updated, 29 d left \(was critical, .* to .*\) #1$/,
      ),
    ])
    const [edited, over] = world.posts()
    expect(edited!.id).toBe(first!.id)
    expect(edited!.content).toMatch(/^🟢 over: /)
    expect(edited!.edited_timestamp).not.toBeNull()
    expect(over).toMatchObject({ mention_roles: [], mentions: [] })
    expect(sent(world).map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH'])
    expect(sent(world).at(-1)!.body.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
    expect(world.app.alerts.openAlerts()).toEqual([])
    // The next time is a new alert.
    await world.leap(0.85 * PERIOD)
    expect(world.news()).toEqual([expect.stringMatching(/^🟡/)])
    expect(numbers(world).at(-1)).toBe('#2')
  })

  it('is told at the levels of its own chain where the configuration says so', async () => {
    const world = await startWorld({
      build(chains) {
        chains.addChain({ chainId: 'alpha-1' })
        chains.addChain({ chainId: 'beta-1' })
        chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs: 0.71 * PERIOD } })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain) =>
          typeof chain === 'object' && chain.chainId === 'alpha-1'
            ? { ...chain, name: 'Alpha', alerts: { warnAt: 0.7, mention: [] } }
            : chain,
        ),
      }),
    })
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 8 d left: Alpha 07-tendermint-0 .* UTC$/)])
    expect(world.posts()[0]).toMatchObject({ mention_roles: [] })
  })
})

describe('a client that is lost', () => {
  it('is told when it freezes, and when governance brings it back', async () => {
    const world = await pair()
    world.chains.freeze('alpha-1', CLIENT)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-0/)])
    expect(world.posts()[0]!.embeds[0]!.description).toContain('channel-0')
    world.chains.recover('alpha-1', CLIENT)
    await world.leap(60_000)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: .*07-tendermint-0.* is active again/)])
    expect(world.posts()[0]!.content).toMatch(/^🟢 over: /)
  })

  it('stays told over a restart: nothing is said twice, and what comes next still is', async () => {
    const world = await pair(0.95 * PERIOD)
    expect(world.news()).toHaveLength(1)
    await world.restart()
    await world.pass(60_000)
    expect(world.news()).toEqual([])
    await world.stop()
    world.clock.set(world.clock.now() + 0.06 * PERIOD)
    await world.restart()
    await world.pass(30_000)
    expect(world.news()).toEqual([expect.stringMatching(/^🔴 EXPIRED: /)])
    expect(new Set(numbers(world))).toEqual(new Set(['#1']))
  })
})

describe('an alert that somebody has', () => {
  /** Types into a channel, and reads what the bot's own account answers. */
  async function say(world: TestWorld, text: string, who: string, channelId = world.channelId) {
    const seen = () =>
      world.discord.messages(channelId).filter(({ author }) => author.id === world.discord.bot.id)
    const before = seen().length
    world.discord.say(who, channelId, text)
    await until(() => seen().length > before)
    return seen().at(-1)!
  }

  it('is quiet over a restart until it is worse; only who may write where it stands can have it', async () => {
    const world = await pair(0.95 * PERIOD)
    await until(() => world.log.some(({ msg }) => msg === 'slash commands are registered'))
    const { discord, ann, channelId } = world
    expect(world.news()).toHaveLength(1)
    // Where everyone may read, and one role alone may write.
    const team = discord.addRole('team')
    const bea = discord.addMember({ name: 'Bea', roles: [team.id] }).user.id
    discord.denyBot(channelId, ['SEND_MESSAGES'], [], discord.guild.id)
    discord.denyBot(channelId, [], ['SEND_MESSAGES'], team.id)
    discord.denyBot(channelId, [], ['SEND_MESSAGES'])
    const lobby = discord.addChannel('lobby').id
    for (const refused of [
      (await say(world, '$ack 1 mine', ann, lobby)).content,
      (await discord.slash(ann, lobby, 'ack', { alert: '1' }).reply).content,
    ])
      expect(refused).toBe(`Only who may write in <#${channelId}>, where #1 stands, can do this.`)
    const answer = await say(world, '$ack #1 7d new key on the way @everyone', bea, lobby)
    expect(answer.content).toContain(
      `👀 <@${bea}> has #1 (critical, alpha-1 07-tendermint-0 (tracks beta-1))`,
    )
    expect(answer).toMatchObject({ mentions: [], mention_everyone: false })
    await world.pass(60_000)
    const [post] = world.posts()
    expect(post!.embeds[0]!.description).toMatch(
      /^👀 Bea has it until \w{3} \d+ \w{3} \d\d:\d\d UTC: new key on the way \\@everyone\nExpires /,
    )
    expect(post!.mention_everyone).toBe(false)
    await world.restart()
    await world.leap(30 * HOUR)
    expect(world.news()).toEqual([])
    const slashed = await discord.slash(bea, lobby, 'ack', { alert: '1', time: '2h' }).reply
    expect(slashed.content).toContain('you had it already')
    await world.leap(2 * HOUR)
    // Its time is over, and it lasts.
    expect(world.news()).toEqual([
      expect.stringMatching(new RegExp(`^🟠 still not updated, .* ${world.role} <@${bea}>$`)),
    ])
    await world.pass(60_000)
    expect(world.posts()[0]!.embeds[0]!.description).toMatch(/^Expires /)
    await discord.slash(bea, lobby, 'ack', { alert: '1', time: '7d' }).reply
    await world.leap(5 * HOUR)
    expect(world.news()).toEqual([
      expect.stringMatching(new RegExp(`^🔴 EXPIRED: .* ${world.role} <@${bea}>$`)),
    ])
    await world.pass(60_000)
    expect(world.posts().map(({ embeds }) => embeds[0]!.description!.includes('👀'))).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is escalated where nobody has it, also while its chain cannot be read, and not while somebody does', async () => {
    const second = '<@&123456789012345678>'
    const world = await startWorld({
      build(chains) {
        chains.addChain({ chainId: 'alpha-1' })
        chains.addChain({ chainId: 'beta-1' })
        for (const ageMs of [0.95 * PERIOD, 0.95 * PERIOD])
          chains.openConnection('alpha-1', 'beta-1', {
            trustingPeriodMs: PERIOD,
            a: { ageMs },
            b: { trustingPeriodMs: 1000 * DAY },
          })
      },
      config: (base) => ({
        ...base,
        alerts: { ...base.alerts, escalate: { after: '15m', mention: [second], pagers: true } },
      }),
    })
    expect(world.news()).toHaveLength(1)
    for (const endpoint of world.endpoints.get('alpha-1')!) endpoint.faults = { status: 500 }
    await say(world, '$ack 2 mine', world.ann)
    await world.leap(15 * MINUTE - 30_000)
    expect(world.lines().filter((line) => line.includes('nobody has'))).toEqual([])
    await world.pass(60_000)
    expect(world.news().filter((line) => line.includes('nobody has'))).toEqual([
      expect.stringMatching(
        new RegExp(`^⚫ still 35 h left: alpha-1 07-tendermint-1 .* · nobody has #1 for 15 min ${second}$`),
      ),
    ])
    await world.pass(20 * MINUTE)
    expect(world.news().filter((line) => line.includes('nobody has #1'))).toEqual([])
  })
})
