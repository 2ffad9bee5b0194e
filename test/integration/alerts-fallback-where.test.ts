// Where the bot's own account says what a webhook does not take, and that it comes once.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/discord/faults.ts'
import { alarm, alarms, breaks, lines, minutes, own, page, setUp, tell, world } from '../support/alarms.ts'
import { WEBHOOK } from '../support/delivery.ts'

beforeEach(setUp)

afterEach(() => world.close())

describe('where it is said', () => {
  it('alerts.fallbackChannel comes first, with the mentions', async () => {
    const role = world.discord.world.addRole('relayers', [], true)
    const night = world.discord.world.addChannel('night')
    world.more.settings = { alerts: { fallbackChannel: night.id } }
    await world.restart()
    breaks()
    await tell(alarm(1, { mention: [`<@&${role.id}>`] }))
    await minutes(6)
    expect(world.said()).toEqual([])
    expect(own(night.id).map(({ mention_roles }) => mention_roles)).toEqual([[], [role.id]])
  })

  it('in alerts.fallbackChannel as soon where nobody knows the channel of a webhook that may have taken it', async () => {
    const night = world.discord.world.addChannel('night').id
    world.more.settings = { alerts: { fallbackChannel: night } }
    world.database.run('DELETE FROM webhooks')
    world.faults.add('webhook', page(503), { times: Infinity })
    await world.restart()
    await tell(alarm(1))
    await minutes(5.5)
    expect(lines(night)).toHaveLength(1)
  })

  it.each([1, 2])(
    'is told once where the answer to what was said in alerts.fallbackChannel is lost %i times',
    async (times) => {
      const night = world.discord.world.addChannel('night').id
      world.more.settings = { alerts: { fallbackChannel: night } }
      await world.restart()
      breaks()
      const fault: Fault = { kind: 'answer', status: 504, afterAccept: true }
      world.faults.add('bot', fault, { method: 'POST', holds: 'alarm 1', times })
      await tell(alarm(1), alarm(2))
      await minutes(6)
      world.faults.clear()
      await minutes(6)
      expect([lines(night).length, lines(), alarms()]).toEqual([2, [], []])
      expect(world.delivery.status().waiting).toBe(0)
    },
  )

  it('in the channel of a thread that was deleted, with the mentions', async () => {
    const role = world.discord.world.addRole('relayers', [], true)
    const thread = world.discord.world.addChannel('thread', { type: 11, parentId: world.discord.channel.id })
    world.more.webhooks = {
      [WEBHOOK]: `${world.discord.server.webhookUrl(world.webhook)}?thread_id=${thread.id}`,
    }
    await world.restart()
    await tell(alarm(1))
    world.discord.world.deleteChannel(thread.id)
    await tell(alarm(2, { mention: [`<@&${role.id}>`] }))
    await minutes(6)
    expect(lines()).toEqual([expect.stringMatching(/alarm 2/)])
    expect(own().at(-1)!.mention_roles).toEqual([role.id])
    await minutes(10)
    expect(lines()).toHaveLength(1)
  })

  it('in the next place where something before Discord does not let it into the first', async () => {
    const night = world.discord.world.addChannel('night').id
    world.more.settings = { alerts: { fallbackChannel: night } }
    await world.restart()
    breaks()
    world.faults.add('bot', page(403), { method: 'POST', holds: 'alarm 1' })
    await tell(alarm(1))
    await minutes(6)
    expect([lines(night).length, lines().length]).toEqual([0, 1])
  })

  it.each<[string, Fault]>([
    ['504', page(504)],
    ['nothing', { kind: 'reset' }],
  ])('in the next place where the first answers %s again and again', async (_, fault) => {
    const night = world.discord.world.addChannel('night').id
    world.more.settings = { alerts: { fallbackChannel: night } }
    await world.restart()
    breaks()
    for (const holds of ['alarm 1', 'alarm 2'])
      world.faults.add('bot', fault, {
        method: 'POST',
        times: Infinity,
        path: `/channels/${night}/messages`,
        holds,
      })
    await tell(alarm(1), alarm(2), alarm(3))
    await minutes(9)
    expect([lines(night).length, lines().length]).toEqual([1, 2])
  })

  it('elsewhere where nobody knows its own channel', async () => {
    const other = world.discord.world.createWebhook(world.discord.world.addChannel('testnets').id)
    world.more.webhooks = {
      [WEBHOOK]: 'http://127.0.0.1:1/webhooks/1/dead',
      OTHER: world.discord.server.webhookUrl(other),
    }
    await world.restart()
    await tell(alarm(1))
    await minutes(6)
    expect(lines(other.channel_id)).toHaveLength(1)
  })

  it('elsewhere it tags nobody', async () => {
    const role = world.discord.world.addRole('relayers', [], true)
    const other = world.discord.world.createWebhook(world.discord.world.addChannel('testnets').id)
    const main = world.discord.server.webhookUrl(world.webhook)
    world.more.webhooks = { [WEBHOOK]: main, OTHER: world.discord.server.webhookUrl(other) }
    await world.restart()
    world.discord.world.denyBot(world.discord.channel.id, ['SEND_MESSAGES'])
    world.faults.add('webhook', page(407), { method: 'POST', times: Infinity, holds: 'alarm' })
    await tell(alarm(1, { mention: [`<@&${role.id}>`] }))
    await minutes(6)
    expect(lines()).toEqual([])
    expect(lines(other.channel_id)).toEqual([`🔴 alarm 1. #1 <@&${role.id}>`])
    expect(own(other.channel_id).flatMap(({ mention_roles }) => mention_roles)).toEqual([])
  })
})
