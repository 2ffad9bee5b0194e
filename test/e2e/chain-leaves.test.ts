// A chain that leaves the configuration, or the chain registry.
import { afterEach, describe, expect, it } from 'vitest'
import { settingsOf } from '../../src/config/index.ts'
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
    world.chains.chain('alpha-1').halt()
    await world.leap(30 * MINUTE)
    expect(world.lines().at(-1)).toMatch(/^⏸ HALTED: alpha-1/)
    strike(world, { hang: true })
    expect(world.app.alerts.openAlerts().map(({ identity }) => identity)).toEqual([
      'ibc:alpha-1/07-tendermint-0',
      'halted:alpha-1',
    ])
    const { settings } = world
    const chains = settings.chains.filter(({ chainId }) => chainId !== 'alpha-1')
    await world.restart({ ...settings, chains })
    await world.pass(MINUTE)
    expect(world.app.alerts.openAlerts()).toEqual([])
    expect(world.app.clients.store.clients('alpha-1')).toEqual([])
    expect(world.lines().slice(2)).toEqual([
      expect.stringMatching(/^⚪ withdrawn: alpha-1 07-tendermint-0 .*#1$/),
      expect.stringMatching(/^⚪ withdrawn: alpha-1 is not named any more.*#2$/),
    ])
    expect(world.posts().at(-1)!.mention_roles).toEqual([])
    expect(world.lines()[0]).toMatch(/^⚪ withdrawn: 🟡 /)
    expect(world.lines()[1]).toMatch(/^⚪ withdrawn: ⏸ HALTED/)
  })
})

describe('a chain that leaves the registry', () => {
  it('is known by what the registry had of it: its deadlines go on by the clock', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'umee-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'umee-1', { trustingPeriodMs: PERIOD, b: { ageMs: 12 * DAY } })
      },
    })
    world.news()
    // Nobody wrote down before what this word meant.
    const { unwatched } = await settingsOf({ chains: ['osmosis', 'umee'] })
    const chains = world.settings.chains.filter(({ chainId }) => chainId !== 'umee-1')
    await world.restart({ ...world.settings, chains, unwatched })
    expect(world.news()).toEqual([
      `⚠️ NOT WATCHED: umee (chains[1].rest). Nothing is read there. Nearest known deadline in 2 d. ${world.role}`,
    ])
    const [problem] = world.posts().at(-1)!.embeds
    expect(problem!.description).toContain('has left the chain registry')
    await world.leap(1.5 * DAY)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ 12 h left: .* 07-tendermint-0 .*as of the reading/),
    ])
  })
})
