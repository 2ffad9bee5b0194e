// What a sweep has read before does not undo what was read since; a list that ends too soon is no list.
import { afterEach, describe, expect, it } from 'vitest'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

describe('a client that is read by itself while its chain is being swept', () => {
  it('is not told to be well again by what the sweep had read before', async () => {
    const world = await startWorld({
      hangs: true,
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.8 * PERIOD - 30_000, trustingPeriodMs: PERIOD },
          b: LONG,
        })
      },
    })
    // A new client keeps the sweep waiting, after it has read the list in which the other one is still well.
    world.chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
    const slow = /consensus_states\/07-tendermint-1/
    strike(world, { only: slow, hang: true })
    const sweeping = world.app.clients.watch.sweepAll()
    const asked = () => world.endpoints.get('alpha-1')![0]!.log.some(({ path }) => slow.test(path))
    await expect.poll(asked, { timeout: 100_000 }).toBe(true)
    world.chains.freeze('alpha-1', '07-tendermint-0')
    await world.clock.advance(45_000)
    await expect.poll(() => world.lines().length, { timeout: 100_000 }).toBe(1)
    strike(world, {})
    await sweeping
    await world.quiet()
    expect(world.lines()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-0/)])
  })
})

describe('a list that ends too soon', () => {
  it.each([
    ['channels', /channel\/v1\/channels/],
    ['connections', /connection\/v1\/connections/],
  ])('of %s makes nobody abandoned: alerts go on', async (field, only) => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.85 * PERIOD, trustingPeriodMs: PERIOD },
          b: LONG,
        })
      },
    })
    expect(world.news()).toHaveLength(1)
    const empty = (body: string) => JSON.stringify({ ...JSON.parse(body), [field]: [] })
    strike(world, { only, rewrite: empty })
    await world.sweep()
    expect(world.news()).toEqual([])
    expect(world.app.clients.watch.lastSweep('alpha-1')?.gaps).toEqual([
      expect.stringMatching(new RegExp(`^${field}: the list lacks `)),
    ])
    strike(world, {})
    await world.sweep()
    expect(world.app.clients.watch.lastSweep('alpha-1')?.gaps).toEqual([])
  })
})
