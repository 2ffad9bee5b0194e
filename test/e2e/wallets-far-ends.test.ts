// `counterparties: 'registry'`: chains at far ends come from the registry; what of them cannot be read is a line.
import { afterEach, describe, expect, it } from 'vitest'
import type { RegistryChain } from '../../src/chains/registry.ts'
import { ask } from '../support/wallets.ts'
import { closeWorlds, DAY, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

/** A hub with live connections to `spoke-1` and `dead-1`, and an idle one to `idle-1`; only the hub is configured. */
const hubWorld = (counterparties: 'registry' | false, asked: string[] = []) =>
  startWorld({
    build(chains) {
      for (const chainId of ['hub-1', 'spoke-1', 'dead-1', 'idle-1']) chains.addChain({ chainId })
      const trustingPeriodMs = 30 * DAY
      chains.openConnection('hub-1', 'spoke-1', { trustingPeriodMs })
      chains.openConnection('hub-1', 'dead-1', { trustingPeriodMs })
      chains.openConnection('hub-1', 'idle-1', { trustingPeriodMs, channels: 0 })
    },
    config: (base) => ({
      ...base,
      counterparties,
      chains: base.chains.filter((chain) => typeof chain !== 'string' && chain.chainId === 'hub-1'),
    }),
    app: (world) => ({ registry: async (chainId) => registryOf(world, chainId, asked) }),
  })

function registryOf(world: TestWorld, chainId: string, asked: string[]): RegistryChain | null {
  asked.push(chainId)
  const endpoints = world.endpoints.get(chainId)
  if (!endpoints) return null
  return {
    registryName: chainId.replace('-1', ''),
    chainId,
    name: chainId.replace('-1', '').toUpperCase(),
    rest: endpoints.map(({ url }) => url),
    token: null,
    stakingToken: null,
    networkType: null,
    chainType: null,
    prefix: null,
    daemonName: null,
    status: 'live',
    explorers: [],
  }
}

describe('far ends from the registry', () => {
  it('are ended with what named them, and not because that cannot be read', async () => {
    const world = await hubWorld('registry')
    await world.sweep()
    world.chains.freeze('spoke-1', '07-tendermint-0')
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 FROZEN: SPOKE 07-tendermint-0/)])
    const open = () => world.app.alerts.openAlerts().map(({ identity }) => identity)
    for (const one of world.endpoints.get('hub-1')!) one.faults = { html: 502 }
    await world.restart()
    await world.sweep()
    expect(open()).toEqual(['ibc:spoke-1/07-tendermint-0'])
    const [hub] = world.settings.chains
    const rest = world.endpoints.get('idle-1')!.map(({ url }) => ({ url }))
    await world.restart({ ...world.settings, chains: [{ ...hub!, chainId: 'idle-1', name: 'IDLE', rest }] })
    await world.sweep()
    expect(world.news().at(-1)).toMatch(/^⚪ withdrawn: spoke-1 07-tendermint-0 .*it is still frozen/)
    expect(open()).toEqual([])
    expect(world.app.clients.store.chainIds()).toEqual(['idle-1'])
  })

  it('are not taken unless the configuration says so', async () => {
    const asked: string[] = []
    const world = await hubWorld(false, asked)
    await world.sweep()
    expect(asked).toEqual([])
    expect(world.endpoints.get('spoke-1')![0]!.requests).toBe(0)
  })

  it('are watched at both ends, those in use, and stay so after a restart', async () => {
    const asked: string[] = []
    const world = await hubWorld('registry', asked)
    await world.sweep()
    expect(new Set(asked)).toEqual(new Set(['spoke-1', 'dead-1']))
    expect(world.app.clients.store.client('spoke-1', '07-tendermint-0')).toMatchObject({
      status: 'active',
      attention: 'live',
    })
    expect(world.endpoints.get('idle-1')![0]!.requests).toBe(0)
    expect(await ask(world, 'prefix', 'data', { chain: 'SPOKE' })).toContain('07-tendermint-0')
    await world.restart()
    await world.sweep()
    expect(await ask(world, 'prefix', 'data', { chain: 'SPOKE' })).toContain('07-tendermint-0')
    expect(world.news()).toEqual([])
  })

  it('that cannot be read are a line in the status, and no alert', async () => {
    const world = await hubWorld('registry')
    await world.sweep()
    await world.endpoints.get('dead-1')![0]!.stop()
    await world.pass(30 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([])
    const status = await ask(world, 'prefix', 'status')
    expect(status).toContain('⚫ 2 chains from the chain registry as far ends, 1 cannot be read: DEAD')
    expect(status).not.toContain('**DEAD**')
  })

  it('whose clients run out are alerted about like any other', async () => {
    const world = await hubWorld('registry')
    await world.sweep()
    await world.leap(25 * DAY)
    await world.sweep()
    expect(
      world.lines().some((line) => line.includes('on SPOKE') || line.includes('SPOKE 07-tendermint-0')),
    ).toBe(true)
  })
})
