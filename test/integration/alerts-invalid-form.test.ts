// What Discord calls an invalid form is our bug: said without its details, tried on, never lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { step } from '../../src/alerts/life.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { DAY_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { alarm, alarms, json, over, setUp, tell, world } from '../support/alarms.ts'
import { aMessage, seen } from '../support/alerts.ts'

beforeEach(setUp)

afterEach(() => world.close())

describe('what Discord’s own invalid form is', () => {
  const invalid = json(400, 50035, 'Invalid Form Body')

  it('is our bug: said without the details, and logged', async () => {
    world.faults.add('webhook', invalid, { method: 'POST' })
    await tell(alarm(1), alarm(2))
    expect(alarms()).toEqual(['1', '2'])
    expect(world.posts().map(({ embeds }) => embeds.length)).toEqual([0, 1])
    expect(world.log.filter(({ level }) => level >= 50)).toMatchObject([
      { reason: '400 Invalid Form Body (50035)', payload: { content: expect.stringContaining('alarm 1') } },
    ])
  })

  it('of a storm costs its details first; then each half of it is told by itself, and all are called once', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: 2 })
    world.commit(aMessage(1, {}, { identity: 'a' }), aMessage(2, {}, { identity: 'b' }))
    await world.delivery.flush()
    expect(world.posts().map(({ content }) => content)).toEqual([
      '🟡 2 warning on Osmosis <@&100>\n🟡 warning: Osmosis 07-tendermint-1 #1',
      '🟡 warning: Osmosis 07-tendermint-2',
    ])
  })

  it('of one line in a storm costs no other line, and is said by the bot', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity, holds: '07-tendermint-4' })
    world.commit(...[1, 2, 3, 4, 5, 6, 7].map((id) => aMessage(id, {}, { identity: `thing ${id}` })))
    await world.delivery.flush()
    await tell(alarm(9))
    await world.passing(10 * MINUTE_MS)
    const lines = world.posts().flatMap(({ content }) => content.split('\n'))
    for (const id of [1, 2, 3, 5, 6, 7])
      expect(lines.filter((line) => line.includes(`: Osmosis 07-tendermint-${id}`))).toHaveLength(1)
    expect(world.said().join('\n')).toContain('07-tendermint-4')
    expect(world.delivery.status().waiting).toBe(0)
  })

  it('of what is left of one post of a storm does not cost its line', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: 2, holds: '07-tendermint-1 #1' })
    const alerts = createAlertStore(world.database)
    const opened = (id: number) => step(null, seen('warning'), { remindEveryMs: DAY_MS }, 0, () => id).after!
    const storm = Array.from({ length: 12 }, (_, index) =>
      aMessage(index + 1, {}, { identity: `thing ${index + 1}` }),
    )
    world.commit(...storm)
    for (let id = 2; id <= 10; id++)
      alerts.saveState(`thing ${id}`, { ...opened(id), level: 'ok', alertId: null }, 0)
    await world.delivery.flush()
    await world.passing(MINUTE_MS)
    const lines = world.posts().map(({ content }) => content)
    for (const id of [1, 11, 12]) expect(lines.join('\n')).toMatch(new RegExp(`07-tendermint-${id}(?!\\d)`))
  })

  it('marks what was said without its details as over, too, when all of it is', async () => {
    world.faults.add('webhook', invalid, { method: 'POST' })
    await tell(alarm(1, { mention: [] }))
    await tell(...over(1))
    expect(world.posts()[0]!.content).toBe('🟢 over: 🔴 alarm 1.')
    const alerts = createAlertStore(world.database)
    const open = (id: number) => step(null, seen('warning'), { remindEveryMs: DAY_MS }, 0, () => id).after!
    const storm = [2, 3].map((id) => aMessage(id, {}, { identity: `thing ${id}` }))
    for (const id of [2, 3]) alerts.saveState(`thing ${id}`, open(id), 0)
    world.commit(...storm)
    await world.delivery.flush()
    // As an earlier version left a storm that was refused.
    const [line] = world.posts().at(-1)!.content.split('\n')
    const alone =
      "UPDATE outbox SET payload = json_set(payload, '$.content', ?, '$.embeds', json('[]')) WHERE id = ?"
    world.database.run(
      alone,
      line,
      world.database.one<{ id: number }>('SELECT max(id) AS id FROM outbox')!.id,
    )
    const first = () => world.posts().find(({ content }) => content.includes('2 warning on Osmosis'))!.content
    for (const [id, mark] of [
      [2, /^🟡 2 warning on Osmosis/],
      [3, /^🟢 over: 🟡 2 warning on Osmosis$/],
    ] as const) {
      alerts.saveState(`thing ${id}`, { ...open(id), level: 'ok', alertId: null }, 0)
      await tell(...over(id))
      expect(first()).toMatch(mark)
    }
  })

  it('says nothing of the webhook after a restart: what else waits goes through it', async () => {
    await tell(alarm(1))
    await world.passing(DAY_MS)
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity, holds: 'alarm 2.' })
    await tell(alarm(2))
    await world.delivery.stop()
    await world.discord.clock.advance(10 * MINUTE_MS)
    world.commit(alarm(3))
    world.commit(alarm(4))
    await world.restart()
    await world.delivery.flush()
    expect([alarms(), world.said()]).toEqual([['1', '3', '4'], []])
  })

  it('where even the first line is refused, the bot itself says it, and it is set aside', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity, holds: 'alarm 1.' })
    world.faults.add('bot', { kind: 'status', status: 403 }, { method: 'POST' })
    await tell(alarm(1), alarm(2))
    expect(alarms()).toEqual(['2'])
    for (let i = 0; i < 5; i++) await world.passing(MINUTE_MS)
    // The bot could not say it at once.
    expect(world.said()).toEqual([expect.stringMatching(/^🔴 alarm 1\..*\n.*50035/)])
    expect(world.delivery.status().waiting).toBe(0)
    expect(world.log.filter(({ level }) => level >= 50).length).toBeLessThan(4)
  })

  it('of all that is sent, for hours, loses nothing: it is said', async () => {
    world.faults.add('webhook', invalid, { method: 'POST', times: Infinity })
    await tell(alarm(1), alarm(2))
    for (let i = 0; i < 120; i++) await world.passing(MINUTE_MS)
    await world.restart()
    await tell(alarm(3))
    for (let i = 0; i < 6; i++) await world.passing(MINUTE_MS)
    expect(world.said()).toEqual([
      expect.stringMatching(/takes nothing.*50035/),
      ...[1, 2, 3].map((id) => expect.stringMatching(`^🔴 alarm ${id}`)),
    ])
    world.faults.clear()
    await world.passing(6 * MINUTE_MS)
    expect(world.posts().map(({ content }) => content)).toEqual([expect.stringMatching(/^⚠️ 3 messages were/)])
  })
})
