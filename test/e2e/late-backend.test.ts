// A backend that is some blocks late, behind the only endpoint: what it says of a client is older than what is known.
import { afterEach, describe, expect, it } from 'vitest'
import type { ClientSpec } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const ID = '07-tendermint-0'
/** As far as a backend may be late without being refused; a block takes 6 s. */
const LATE = { behindBlocks: 9 }

const watched = (a: Partial<ClientSpec>) =>
  startWorld({
    build(chains) {
      for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: PERIOD,
        a,
        b: { trustingPeriodMs: 1000 * DAY },
      })
    },
  })

const serve = (world: TestWorld, faults: object) => {
  for (const endpoint of world.endpoints.get('alpha-1')!) endpoint.faults = faults
}

describe('a backend that is late', () => {
  it('warns of no client that was seen to be updated', async () => {
    const world = await watched({ ageMs: 0.8 * PERIOD - 20_000 })
    await world.clock.advance(14_000)
    world.chains.updateClient('alpha-1', ID)
    await world.sweep()
    const updated = world.app.clients.store.client('alpha-1', ID)!.latestHeight
    await world.clock.advance(20_000)
    serve(world, LATE)
    await world.sweep()
    expect(world.lines()).toEqual([])
    expect(world.app.clients.store.client('alpha-1', ID)).toMatchObject({
      severity: 'ok',
      latestHeight: updated,
    })
  })

  it('does not end the alert about a frozen client, nor lose that it is frozen', async () => {
    const world = await watched({})
    world.chains.freeze('alpha-1', ID)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1/)])
    await world.clock.advance(12_000)
    serve(world, LATE)
    await world.sweep()
    expect(world.news()).toEqual([])
    expect(world.app.clients.store.client('alpha-1', ID)).toMatchObject({ status: 'frozen' })
    // Governance brings it back: that raises its height.
    serve(world, {})
    world.chains.recover('alpha-1', ID)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 .*07-tendermint-0.* is active again/)])
  })
})
