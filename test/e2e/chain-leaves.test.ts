// A chain that leaves the configuration.
import { afterEach, describe, expect, it } from 'vitest'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, MINUTE, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

describe('a chain that leaves the configuration', () => {
  it('takes its open alerts along, and is not asked any more', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.85 * PERIOD },
          b: LONG,
          trustingPeriodMs: PERIOD,
        })
      },
    })
    await world.pass(MINUTE)
    strike(world, { hang: true })
    expect(world.app.alerts.openAlerts().map(({ identity }) => identity)).toEqual([
      'ibc:alpha-1/07-tendermint-0',
    ])
    const { settings } = world
    const chains = settings.chains.filter(({ chainId }) => chainId !== 'alpha-1')
    await world.restart({ ...settings, chains })
    await world.pass(MINUTE)
    expect(world.app.alerts.openAlerts()).toEqual([])
    expect(world.app.clients.store.clients('alpha-1')).toEqual([])
    expect(world.lines().at(-1)).toMatch(/alpha-1 07-tendermint-0 .*#1$/)
    expect(world.posts().at(-1)!.mention_roles).toEqual([])
  })
})
