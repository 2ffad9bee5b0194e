// A first look that could not read everything is quiet later about what was lost before it.
import { afterEach, describe, expect, it } from 'vitest'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }
const CONSENSUS = /consensus_states/

const pings = (world: TestWorld) => world.posts().filter(({ mention_roles }) => mention_roles.length > 0)

describe('a first look that could not read everything', () => {
  it('stays quiet about what turns out to be lost already when it can be read', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 3; n++)
          chains.openConnection('alpha-1', 'beta-1', {
            a: { ageMs: 1.5 * PERIOD },
            b: LONG,
            trustingPeriodMs: PERIOD,
          })
      },
      endpoints: { 'alpha-1': [{ only: CONSENSUS, status: 500 }] },
    })
    strike(world, {})
    await world.pass(MINUTE)
    await world.sweep()
    expect(pings(world)).toEqual([])
    expect(world.lines().join('\n')).toMatch(/3 clients are expired already/)
  })

  it('writes nothing down of the requests that a stop broke off', async () => {
    const world = await makeWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 3; n++)
          chains.openConnection('alpha-1', 'beta-1', {
            a: { ageMs: 1.5 * PERIOD },
            b: LONG,
            trustingPeriodMs: PERIOD,
          })
      },
      endpoints: { 'alpha-1': [{ only: CONSENSUS, hang: true }] },
      config: (base) => ({ ...base, limits: { requestsPerSecond: 1000, timeout: '10s' } }),
    })
    const starting = world.restart().catch(() => {})
    const asked = () => world.endpoints.get('alpha-1')![0]!.log.some(({ path }) => CONSENSUS.test(path))
    await expect.poll(asked, { timeout: 100_000 }).toBe(true)
    const { store } = world.app.clients
    await world.app.clients.watch.stop()
    expect(store.clients('alpha-1').filter(({ readMs }) => readMs === null)).toEqual([])
    await world.stop()
    await starting
  })
})
