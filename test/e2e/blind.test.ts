// A watcher that cannot look says so: blind, blind with a deadline near, no network, halted, started over.
import { afterEach, describe, expect, it } from 'vitest'
import type { Faults } from '../../sandbox/chains/server.ts'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, HOUR, MINUTE, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const CHAINS = ['alpha-1', 'beta-1']

/** Two chains; the client on `alpha-1` was updated so long ago. */
const pair = (ageMs: number, lists: Record<string, Faults[]> = {}) =>
  startWorld({
    build(chains) {
      for (const chainId of CHAINS) chains.addChain({ chainId })
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: PERIOD,
        a: { ageMs },
        b: { trustingPeriodMs: 1000 * DAY },
      })
    },
    endpoints: lists,
  })

/** `alpha-1` is well watched, then down. */
async function blinded(ageMs: number) {
  const world = await pair(ageMs, { 'alpha-1': [{}, {}] })
  await world.pass(2 * MINUTE)
  expect(world.news()).toEqual([])
  strike(world, { html: 502 })
  return world
}

describe('a chain that cannot be read', () => {
  it('is told after ten minutes, without a mention, and when it is over', async () => {
    const world = await blinded(0.2 * PERIOD)
    await world.pass(9 * MINUTE)
    expect(world.news()).toEqual([])
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^⚫ BLIND 1\d min: alpha-1, 0 of 2 endpoints answer\. Nearest known deadline in 11 d\.$/,
      ),
    ])
    expect(world.posts()[0]!.embeds[0]!.description).toContain('502')
    await world.pass(10 * MINUTE)
    expect(world.news()).toEqual([])
    strike(world, {})
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: alpha-1 can be read again \(was blind/)])
    expect(world.posts().flatMap(({ mention_roles }) => mention_roles)).toEqual([])
    expect(world.posts()[0]!.content).toMatch(/^🟢 over/)
  })

  it('is nothing to tell when it comes back in time', async () => {
    const world = await blinded(0.2 * PERIOD)
    await world.pass(8 * MINUTE)
    strike(world, {})
    await world.pass(15 * MINUTE)
    expect(world.news()).toEqual([])
  })

  it('calls somebody once a deadline is nearer than a day', async () => {
    // 25 h are left; alerts about the client itself are not due before 80 %.
    const world = await startWorld({
      build(chains) {
        for (const chainId of CHAINS) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          trustingPeriodMs: 100 * DAY,
          a: { ageMs: 100 * DAY - 25 * HOUR },
        })
      },
      config: (base) => ({ ...base, alerts: { ...base.alerts, warnAt: 0.998, criticalAt: 0.999 } }),
    })
    expect(world.news()).toEqual([])
    strike(world, { html: 502 })
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([expect.not.stringContaining('<@')])
    await world.leap(HOUR)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ BLIND \d+ min: alpha-1\. 07-tendermint-0 may expire .* UTC <@&\d+>$/),
    ])
    await world.pass(10 * MINUTE)
    expect(world.news()).toEqual([])
  })

  it('calls somebody when it lasts for six hours', async () => {
    const world = await blinded(0.2 * PERIOD)
    await world.pass(12 * MINUTE)
    expect(world.news()).toHaveLength(1)
    await world.leap(5 * HOUR)
    expect(world.news()).toEqual([])
    await world.leap(HOUR)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND 6 h: alpha-1, .* <@&\d+>$/)])
  })

  it('counts the time from before a restart', async () => {
    const world = await blinded(0.2 * PERIOD)
    await world.pass(8 * MINUTE)
    await world.restart()
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND 1\d min/)])
  })

  it('has its clients told of by the clock, as of the reading, and by themselves when it can be read', async () => {
    const world = await blinded(0.78 * PERIOD)
    await world.leap(0.03 * PERIOD)
    const [first, ...more] = world.news().filter((line) => !line.includes('BLIND'))
    expect(first).toMatch(
      /^⚫ 63 h left: alpha-1 07-tendermint-0 \(tracks beta-1\) may expire .* UTC, as of the reading \d+ h ago <@&\d+>$/,
    )
    expect(more).toEqual([])
    await world.leap(0.1 * PERIOD)
    expect(world.news().filter((line) => !line.includes('BLIND'))).toEqual([
      expect.stringMatching(/^⚫ 30 h left: .* as of the reading/),
    ])
    await world.leap(0.1 * PERIOD)
    expect(world.news().filter((line) => !line.includes('BLIND'))).toEqual([
      expect.stringMatching(/^⚫ MAY HAVE EXPIRED .*alpha-1 07-tendermint-0.*as of the reading/),
    ])
    // In truth it was updated in time; that is seen only now.
    world.chains.editClient('alpha-1', '07-tendermint-0', { trustingPeriodNs: 1000n * 86_400_000_000_000n })
    world.chains.updateClient('alpha-1', '07-tendermint-0')
    strike(world, {})
    await world.pass(3 * MINUTE)
    const news = world.news()
    expect(news).toContainEqual(expect.stringMatching(/^🟢 over: alpha-1 can be read again/))
    expect(news).toContainEqual(expect.stringMatching(/^🟢 over: alpha-1 07-tendermint-0 /))
    expect(news.join()).not.toContain('<@')
    expect(world.app.alerts.openAlerts()).toEqual([])
  })
})

describe('all chains at once', () => {
  it('are one message about the network, and one when it is over', async () => {
    const world = await pair(0.2 * PERIOD)
    await world.pass(2 * MINUTE)
    strike(world, { reset: true }, CHAINS)
    await world.pass(13 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^⚫ BLIND 1\d min: none of 2 chains can be read, so it is probably this machine's network\./,
      ),
    ])
    strike(world, {}, CHAINS)
    await world.pass(3 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: chains can be read again/)])
  })
})

describe('a chain that makes no blocks', () => {
  it('is halted, not blind, and told when it goes on', async () => {
    const world = await pair(0.2 * PERIOD)
    world.chains.chain('alpha-1').halt()
    await world.pass(9 * MINUTE)
    expect(world.news()).toEqual([])
    await world.pass(7 * MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^⏸ HALTED: alpha-1 has made no block for 1\d min \(last 1,000,0\d\d at \d\d:\d\d UTC\)\. Its endpoints answer\./,
      ),
    ])
    world.chains.chain('alpha-1').resume()
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: alpha-1 makes blocks again/)])
  })

  it('lets its clients run out by the clock, and the chain says Active meanwhile', async () => {
    const world = await pair(0.89 * PERIOD)
    expect(world.news()).toHaveLength(1)
    world.chains.chain('alpha-1').halt()
    await world.leap(0.02 * PERIOD)
    expect(world.news().filter((line) => line.startsWith('🟠'))).toEqual([
      expect.stringMatching(/^🟠 \d+ h left: alpha-1 07-tendermint-0/),
    ])
    await world.leap(0.1 * PERIOD)
    await world.pass(MINUTE)
    expect(world.chains.chain('alpha-1').status('07-tendermint-0')).toBe('Active')
    expect(world.news().filter((line) => line.startsWith('🔴'))).toEqual([
      expect.stringMatching(/^🔴 OVERDUE: alpha-1 .*past its deadline by the clock/),
    ])
    // The next block makes it true.
    world.chains.chain('alpha-1').resume()
    await world.pass(3 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([
      expect.stringMatching(/makes blocks again/),
      expect.stringMatching(/^🔴 EXPIRED: alpha-1 .*governance only/),
    ])
  })
})

describe('a chain that started over under the same id', () => {
  it('is told also when a client that was due saw it first', async () => {
    const world = await pair(0.8 * PERIOD - 20_000)
    await world.pass(15_000)
    world.chains.chain('alpha-1').startOver(5)
    await world.pass(2 * MINUTE)
    expect(world.lines().filter((line) => line.includes('RESTARTED'))).toHaveLength(1)
  })

  it('is told once and read anew; an alert goes on into what the client is there', async () => {
    const world = await pair(0.85 * PERIOD)
    expect(world.news()).toHaveLength(1)
    await world.pass(2 * MINUTE)
    const chain = world.chains.chain('alpha-1')
    const startedMs = world.clock.now()
    const requestsBefore = world.endpoints.get('alpha-1')![0]!.log.length
    world.chains.freeze('alpha-1', '07-tendermint-0')
    chain.startOver(5)
    // Without a sweep by the schedule: the new start is reason enough.
    await world.pass(3 * MINUTE)
    const news = world.news()
    // It was well when it was last seen: what has become of it is news.
    expect(news).toEqual([
      expect.stringMatching(/RESTARTED: alpha-1 is at block \d+ under the same id, 1,000,0\d\d was known/),
      expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-0 .*<@&\d+>$/),
      expect.stringMatching(/^🟢 over: alpha-1 is read as a new chain/),
    ])
    expect(world.app.clients.store.chain('alpha-1')!.firstLookMs).not.toBeNull()
    // Nothing of before is left: the client is known since the new start.
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-0')!.firstSeenMs).toBeGreaterThan(
      startedMs,
    )
    const asked = world.endpoints
      .get('alpha-1')![0]!
      .log.map(({ path }) => path)
      .slice(requestsBefore)
    expect(asked.some((path) => path.includes('consensus_states/07-tendermint-0'))).toBe(true)
    await world.pass(5 * MINUTE)
    await world.restart()
    expect(world.news()).toEqual([])
  })
})
