// A webhook that failed before the machine slept, or the clock leapt: it is tried before the bot's own account speaks.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/discord/faults.ts'
import { HOUR_MS } from '../../src/kernel/duration.ts'
import { alarm, alarms, breaks, json, lines, minutes, page, setUp, tell, world } from '../support/alarms.ts'

beforeEach(setUp)

afterEach(() => world.close())

it.each<[string, Fault]>([
  ['503', page(503)],
  ['a wait of an hour', { kind: 'rate-limit', retryAfterS: 3600 }],
  ['no answer', { kind: 'reset' }],
  ['gone', json(404, 10015, 'Unknown Webhook')],
])('only by the clock (%s, then the machine slept) is tried before it is called dead', async (_, fault) => {
  breaks(fault)
  await tell(alarm(1), alarm(2))
  await minutes(0.5)
  world.faults.clear()
  world.discord.clock.set(world.discord.clock.now() + 9 * HOUR_MS)
  await tell(alarm(3))
  await minutes(0.5)
  expect([alarms().sort(), lines()]).toEqual([['1', '2', '3'], []])
  breaks()
  await tell(alarm(4))
  await minutes(1)
  world.discord.clock.set(world.discord.clock.now() + 9 * HOUR_MS)
  await tell(alarm(5))
  await minutes(0.5)
  expect(lines()).toEqual([expect.stringMatching(/alarm 4/), expect.stringMatching(/alarm 5/)])
})

it.each([1, 2])('for %i that only themselves are refused holds up no other after a sleep', async (count) => {
  world.faults.add('webhook', page(400), { method: 'POST', holds: 'poison', times: Infinity })
  for (let id = 1; id <= count; id++) world.commit(alarm(id, { headline: `🔴 poison ${id}.` }))
  await world.delivery.flush()
  await minutes(2)
  world.discord.clock.set(world.discord.clock.now() + HOUR_MS)
  await world.discord.clock.advance(1)
  // What is refused of one alert is refused of its next message, too.
  for (let id = 1; id <= count; id++) world.commit(alarm(id + 10, { headline: `🔴 poison ${id}.` }))
  await tell(alarm(7))
  await minutes(0.5)
  expect(alarms()).toEqual(['7'])
  await minutes(10)
  expect(lines()).toHaveLength(2 * count)
  expect(world.delivery.status().waiting).toBe(0)
})
