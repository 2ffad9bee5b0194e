// The digest: delivered by the schedule's job through each webhook, tagging nobody; and asked for by both doors.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import type { Message } from '../../sandbox/discord/types.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
/** So far away that its end is no matter. */
const FAR = { trustingPeriodMs: 1000 * DAY }

/** A hub with a client that is well, one that was lost before, and two strangers' clients that nobody uses. */
function hubAndSpoke(chains: ChainWorld): void {
  for (const chainId of ['hub-1', 'spoke-1']) chains.addChain({ chainId })
  for (const ageMs of [0.1 * PERIOD, 1.5 * PERIOD])
    chains.openConnection('hub-1', 'spoke-1', { trustingPeriodMs: PERIOD, a: { ageMs }, b: FAR })
  for (const ageMs of [0.95 * PERIOD, 1.5 * PERIOD])
    chains.createClient('hub-1', { tracks: 'spoke-1', trustingPeriodMs: PERIOD, ageMs })
}

const hub = () => startWorld({ build: hubAndSpoke })

const shown = ({ content, embeds }: Pick<Message, 'content' | 'embeds'>) => JSON.stringify([content, embeds])

/** What the job of the schedule sends. */
async function digestOf(world: TestWorld): Promise<Message> {
  const before = world.posts().length
  world.app.overviews.sendDigest()
  await world.quiet()
  expect(world.posts()).toHaveLength(before + 1)
  return world.posts().at(-1)!
}

describe('by the schedule', () => {
  it('is one message that tags nobody, with what is open and what alerts are not about', async () => {
    const world = await hub()
    const message = await digestOf(world)
    expect(message).toMatchObject({ mentions: [], mention_roles: [], mention_everyone: false })
    expect(message.content).toMatch(
      /^📋 The week to .* UTC: no alert open; 1 expired or frozen; a quiet week$/,
    )
    const [embed] = message.embeds
    expect(embed!.description).toContain('**hub-1** `hub-1`: ')
    expect(embed!.description).toContain('**Expired or frozen** (1, 1 of them when first seen)')
    expect(embed!.description).toContain('**Alerts are not about**: 🟠 1 critical, 🔴 1 expired')
    expect(JSON.stringify(message)).not.toContain('#0')
  })

  it('tells of the week as it was: near the end, updated, lost, recovered', async () => {
    const world = await hub()
    const clients = world.app.clients.store.clients('hub-1').filter(({ attention }) => attention !== 'idle')
    const well = clients.find(({ severity }) => severity === 'ok')!.clientId
    const lost = clients.find(({ severity }) => severity === 'expired')!.clientId
    await world.leap(9 * DAY)
    await world.sweep()
    expect((await digestOf(world)).content).toMatch(/a quiet week$/)
    await world.leap(2 * DAY)
    await world.sweep()
    world.chains.recover('hub-1', lost)
    await world.pass(60_000)
    await world.sweep()
    world.chains.updateClient('hub-1', well)
    await world.pass(60_000)
    await world.sweep()
    const saved = await digestOf(world)
    expect(saved.content).toMatch(/no alert open; this week 1 warned, 1 recovered$/)
    expect(saved.embeds[0]!.description).toContain('🟡 1 came near the end, 1 updated in time')
    expect(saved.embeds[0]!.description).toContain(`🟢 1 recovered: hub-1 ${lost}`)
    world.chains.freeze('hub-1', well)
    await world.pass(60_000)
    await world.sweep()
    const frozen = await digestOf(world)
    expect(frozen.content).toMatch(/1 expired or frozen; this week 1 warned, 1 frozen, 1 recovered$/)
    expect(frozen.embeds[0]!.description).toContain(`🧊 1 frozen: hub-1 ${well}`)
    await world.leap(8 * DAY)
    const after = await digestOf(world)
    expect(after.content).not.toMatch(/frozen[,;]? .*recovered/)
    expect(shown(after)).toMatch(/#\d+ 🧊/)
  })

  it('goes to the webhook of a route for its chains, and the rest to the default', async () => {
    const world = await makeWorld({
      build: hubAndSpoke,
      config: (base) => ({
        ...base,
        alerts: { ...base.alerts, routes: [{ chains: ['spoke-1'], webhook: 'SPOKE_WEBHOOK_URL' }] },
      }),
    })
    const spokes = world.discord.addChannel('spokes').id
    world.secrets.SPOKE_WEBHOOK_URL = world.server.webhookUrl(world.discord.createWebhook(spokes))
    await world.restart()
    const elsewhere = world.discord.messages(spokes).length
    const here = await digestOf(world)
    const there = world.discord.messages(spokes).slice(elsewhere)
    expect(shown(here)).toContain('`hub-1`')
    expect(shown(here)).not.toContain('`spoke-1`')
    expect(there).toHaveLength(1)
    expect(there[0]!.content).toMatch(/^📋 .*: no alert open; a quiet week$/)
    expect(shown(there[0]!)).toContain('`spoke-1`')
    expect(shown(there[0]!)).not.toContain('`hub-1`')
  })

  it('comes when its time has come, and when it was missed today, each once', async () => {
    // Friday 20 November 2026, 10:00 UTC; nine o'clock in New York is 14:00 UTC.
    const world = await startWorld({
      build: hubAndSpoke,
      config: (base) => ({
        ...base,
        schedule: { ...base.schedule, digest: '0 9 * * *', timezone: 'America/New_York' },
      }),
    })
    const digests = () => world.lines().filter((line) => line.startsWith('📋'))
    const saidNext = () => world.log.filter(({ msg }) => msg.startsWith('the next digest comes')).at(-1)!.msg
    expect(saidNext()).toBe('the next digest comes Fri 20 Nov 14:00 UTC')
    await world.pass(4 * HOUR)
    expect(digests()).toHaveLength(1)
    expect(world.posts().every(({ mention_roles }) => mention_roles.length === 0)).toBe(true)
    await world.restart()
    expect(saidNext()).toBe('the next digest comes Sat 21 Nov 14:00 UTC')
    await world.stop()
    await world.leap(DAY + 5 * HOUR)
    await world.restart()
    expect(saidNext()).toContain('now: it was missed today')
    await until(() => digests().length === 2)
    await world.stop()
    // Not the one of yesterday.
    await world.leap(DAY + 10 * HOUR)
    await world.restart()
    await world.pass(5 * MINUTE)
    expect(saidNext()).toBe('the next digest comes Mon 23 Nov 14:00 UTC')
    expect(digests()).toHaveLength(2)
  })

  it('waits like everything else where the webhook does not work, and is not left out', async () => {
    const world = await hub()
    const posts = world.posts().length
    world.discord.deleteWebhook(world.webhook.id)
    world.app.overviews.sendDigest()
    await world.quiet()
    expect(world.posts()).toHaveLength(posts)
    await world.stop()
    const again = world.discord.createWebhook(world.channelId)
    world.secrets.DISCORD_WEBHOOK_URL = world.server.webhookUrl(again)
    await world.leap(DAY)
    await world.restart()
    await until(() => world.lines().some((line) => line.startsWith('📋')))
    expect(world.lines().filter((line) => line.startsWith('📋'))).toHaveLength(1)
  })
})

describe('asked for', () => {
  it('says the same by prefix and by slash', async () => {
    const world = await hub()
    await until(() => world.log.some(({ msg }) => msg === 'slash commands are registered'))
    const sent = await digestOf(world)
    const bySlash = await world.discord.slash(world.ann, world.channelId, 'digest').reply
    const before = world.answers().length
    world.discord.say(world.ann, world.channelId, '$digest')
    await until(() => world.answers().length > before)
    for (const answer of [bySlash, world.answers().at(-1)!]) {
      expect(answer.content).toBe(sent.content)
      expect(answer.embeds[0]!.description).toBe(sent.embeds[0]!.description)
    }
  })
})
