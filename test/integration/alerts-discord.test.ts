// The delivery against the local Discord, which refuses what Discord refuses, limits as it does and can be read back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { aMessage } from '../support/alerts.ts'
import { type DiscordDelivery, startDiscordDelivery } from '../support/delivery.ts'

let world: DiscordDelivery

beforeEach(async () => {
  world = await startDiscordDelivery()
})

afterEach(() => world.close())

describe('the delivery and Discord', () => {
  it('stays under the rate limit by itself, and tells all of it in order', async () => {
    const ids = Array.from({ length: 18 }, (_, index) => index + 1)
    for (const id of ids) world.commit(aMessage(id, {}, { group: null, identity: `${id}` }))
    await world.delivery.flush()
    for (let i = 0; i < 6; i++) await world.passing(2000)
    expect(world.posts().map(({ content }) => content.match(/tendermint-(\d+)/)![1])).toEqual(ids.map(String))
    expect(world.statuses()).toEqual(ids.map(() => 200))
  })

  it('has storms and their edits accepted, and pings each once', async () => {
    const role = world.discord.world.addRole('relayers')
    const long = 'channel-0, '.repeat(2000)
    const storm = Array.from({ length: 25 }, (_, index) =>
      aMessage(
        index + 1,
        {},
        {
          headline: `🟡 ${index + 1} ${long}`,
          embed: { title: long, description: long, fields: [{ name: long, value: long }] },
          mention: [`<@&${role.id}>`, `<@${world.discord.ann.user.id}>`],
        },
      ),
    )
    world.commit(...storm)
    await world.delivery.flush()
    for (let i = 0; i < 50; i++) await world.passing(2000)
    const pinged = world
      .posts()
      .flatMap(({ mention_roles, mentions }) => [...mention_roles, ...mentions.map(({ id }) => id)])
    expect(pinged).toEqual([role.id, world.discord.ann.user.id])
    world.commit(
      ...storm.map(({ notice: { alertId } }) =>
        aMessage(alertId, { kind: 'resolved', level: 'ok' }, { embed: null }),
      ),
    )
    await world.delivery.flush()
    for (let i = 0; i < 50; i++) await world.passing(2000)
    expect(world.delivery.status().waiting).toBe(0)
    expect(world.statuses().filter((status) => status !== 200)).toEqual([])
    const alarms = world.posts().filter(({ embeds }) => embeds.length > 0)
    expect(alarms.flatMap(({ embeds }) => embeds)).toHaveLength(25)
    expect(alarms.every(({ content }) => content.startsWith('🟢 over: '))).toBe(true)
  })

  it.each([
    ['resets', { kind: 'reset' as const, afterAccept: true }],
    ['hangs', { kind: 'hang' as const, afterAccept: true }],
    ['answers 502', { kind: 'status' as const, status: 502, afterAccept: true }],
  ])('is not told twice when the connection %s after it was accepted', async (_, fault) => {
    if (fault.kind === 'hang') await world.restart(1000)
    world.faults.add('webhook', fault, { method: 'POST' })
    world.commit(aMessage(1))
    await world.delivery.flush()
    expect(world.delivery.status().waiting).toBe(1)
    await world.passing(2000)
    expect(world.posts()).toHaveLength(1)
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('three failures first, then it is told', async () => {
    world.faults.add('webhook', { kind: 'status', status: 503 }, { times: 3 })
    world.commit(aMessage(1))
    await world.delivery.flush()
    for (const waitMs of [1000, 2000, 4000]) await world.passing(waitMs)
    expect(world.posts()).toHaveLength(1)
  })

  it('obeys a rate limit and the ban of an address', async () => {
    world.faults.add('webhook', { kind: 'rate-limit', retryAfterS: 3.5 })
    world.faults.add('webhook', { kind: 'ban', retryAfterS: 600 })
    world.commit(aMessage(1))
    await world.delivery.flush()
    await world.passing(3499)
    expect(world.statuses()).toEqual([429])
    await world.passing(1)
    await world.passing(599_999)
    expect(world.statuses()).toEqual([429, 429])
    await world.passing(1)
    expect(world.posts()).toHaveLength(1)
  })

  it('says by the bot’s own account that the webhook is gone', async () => {
    world.discord.world.deleteWebhook(world.webhook.id)
    world.commit(aMessage(1))
    await world.delivery.flush()
    await expect
      .poll(world.said)
      .toEqual([
        expect.stringContaining(
          'The webhook that I alert through (`DISCORD_WEBHOOK_URL`) does not work any more',
        ),
      ])
    await world.passing(30 * MINUTE_MS)
    expect(world.said()).toHaveLength(2)
    expect(world.delivery.status()).toMatchObject({
      waiting: 1,
      webhooks: [{ goneReason: '404 Unknown Webhook (10015)' }],
    })
  })
})
