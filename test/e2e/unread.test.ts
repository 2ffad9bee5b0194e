// A chain whose newest block is read is not blind: told as it is, and not told when it is back already.
import { afterEach, describe, expect, it } from 'vitest'
import type { Faults } from '../../sandbox/chains/server.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, HOUR, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const CHAINS = ['alpha-1', 'beta-1']
const PERIOD = 100 * DAY

/** The client on `alpha-1` has so much left; alerts about it are not due before its last hours. */
const pair = (leftMs = 20 * DAY) =>
  startWorld({
    build(chains) {
      for (const chainId of CHAINS) chains.addChain({ chainId })
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: PERIOD,
        a: { ageMs: PERIOD - leftMs },
        b: { trustingPeriodMs: 1000 * DAY },
      })
    },
    config: (base) => ({ ...base, alerts: { ...base.alerts, warnAt: 0.998, criticalAt: 0.999 } }),
  })

/** When the clients of `alpha-1` were read, as `$data` says it, Unix seconds. */
async function readAt(world: TestWorld): Promise<string> {
  world.discord.say(world.ann, world.channelId, '$data alpha-1')
  await expect.poll(() => world.answers().length).toBe(1)
  return /· read <t:(\d+):R>/.exec(world.answers()[0]!.content)![1]!
}

/** Its client lists make no sense; everything else is well. */
const UNREAD: Faults = { only: /ibc\/core\/client/, rewrite: () => '[]' }

describe('a chain that is back', () => {
  it('is seen within two minutes however often its sweeps failed, and nobody is called for it', async () => {
    const world = await pair(24 * HOUR + 55 * MINUTE)
    await world.pass(2 * MINUTE)
    strike(world, { html: 502 })
    for (let sweeps = 0; sweeps < 5; sweeps++) {
      await world.pass(10 * MINUTE)
      await world.sweep()
    }
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND 1\d min: alpha-1/)])
    strike(world, {})
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: alpha-1 can be read again/)])
    // The deadline comes nearer than a day.
    await world.pass(5 * MINUTE)
    expect(world.lines().join()).not.toContain('<@')
  })

  it('is read again within two minutes where it stopped answering in the middle of a sweep', async () => {
    const wireClock = createFastClock(100)
    const world = await startWorld({
      build(chains) {
        for (const chainId of CHAINS) chains.addChain({ chainId })
        for (let n = 0; n < 20; n++) chains.openConnection('alpha-1', 'beta-1')
      },
      config: (base) => ({ ...base, limits: { ...base.limits, inFlight: 2 } }),
      app: () => ({ wireClock }),
    })
    const unread = () => world.app.clients.watch.lastSweep('alpha-1')!.unreadable
    expect(unread()).toBe(0)
    await world.clock.advance(MINUTE)
    for (let n = 0; n < 20; n++) world.chains.updateClient('alpha-1', `07-tendermint-${n}`)
    strike(world, { only: /consensus_states/, status: 500 })
    await world.sweep()
    expect(unread()).toBe(20)
    strike(world, {})
    await world.pass(2 * MINUTE)
    expect(unread()).toBe(0)
    expect(world.news()).toEqual([])
  })

  it('is not told as blind by the look at another chain that was quicker', async () => {
    const world = await pair()
    await world.pass(2 * MINUTE)
    strike(world, { html: 502 })
    await world.pass(10 * MINUTE)
    strike(world, { latencyMs: 150 })
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([])
  })
})

describe('clients that cannot be read on a chain that can', () => {
  it('are told as that, never as a blind chain, and are over with the first sweep that reads them', async () => {
    const world = await pair()
    await world.pass(2 * MINUTE)
    strike(world, UNREAD)
    await world.sweep()
    await world.pass(9 * MINUTE)
    expect(world.news()).toEqual([])
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^⚫ UNSEEN 1\d min: the clients of alpha-1 cannot be read, the chain can\. Nearest known deadline in 19 d\.$/,
      ),
    ])
    expect(world.posts()[0]!.embeds[0]!.description).toContain('client_states')
    await world.pass(10 * MINUTE)
    // Its block is read every minute; what is known of the clients is as old as it is.
    const ageMs = world.clock.now() - Number(await readAt(world)) * 1000
    expect(ageMs).toBeGreaterThan(20 * MINUTE)
    expect(world.news()).toEqual([])
    strike(world, {})
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(/^🟢 over: the clients of alpha-1 can be read again \(was unseen, /),
    ])
    expect(world.posts()[0]!.content).toMatch(/^🟢 over: /)
  })

  it('call somebody once a deadline is near', async () => {
    const world = await pair(20 * HOUR)
    await world.pass(2 * MINUTE)
    strike(world, UNREAD)
    await world.sweep()
    await world.pass(13 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ UNSEEN 1\d min: .* 07-tendermint-0 may expire .* UTC <@&\d+>$/),
    ])
  })

  it('are told although they were never read', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of CHAINS) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1')
      },
      endpoints: { 'alpha-1': [UNREAD] },
    })
    await world.pass(13 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ UNSEEN 1\d min: the clients of alpha-1/)])
  })

  it('are not said to be readable again by a chain that went blind in between', async () => {
    const world = await pair()
    await world.pass(2 * MINUTE)
    strike(world, UNREAD)
    await world.sweep()
    await world.pass(13 * MINUTE)
    world.news()
    strike(world, { html: 502 })
    await world.pass(13 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND/)])
    strike(world, UNREAD)
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: alpha-1 can be read again/)])
  })
})
