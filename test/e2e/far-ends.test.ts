// Clients at far ends and of named connections stay watched while what names them cannot be read.
import { afterEach, describe, expect, it } from 'vitest'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, MINUTE, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

describe('named connections', () => {
  const named = (connections: string[]) =>
    startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 2; n++)
          chains.openConnection('alpha-1', 'beta-1', { a: {}, b: LONG, trustingPeriodMs: PERIOD })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 0 ? { ...(chain as object), chainId: 'alpha-1', connections } : chain,
        ),
      }),
    })

  it('a client whose connection cannot be read for a while is still looked at', async () => {
    const world = await named(['connection-0', 'connection-1'])
    strike(world, { only: /connections\/connection-1/, rewrite: () => '{}' })
    world.chains.freeze('alpha-1', '07-tendermint-1')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.lines()).toEqual([expect.stringMatching(/FROZEN: alpha-1 07-tendermint-1/)])
  })

  it('a client that is named no more is alarmed about no more', async () => {
    const world = await named(['connection-0', 'connection-1'])
    const [alpha, beta] = world.settings.chains
    await world.restart({ ...world.settings, chains: [{ ...alpha!, connections: ['connection-0'] }, beta!] })
    await world.pass(MINUTE)
    await world.leap(0.85 * PERIOD)
    await world.pass(2 * MINUTE)
    const all = world.lines().join('\n')
    expect(all).toMatch(/alpha-1 07-tendermint-0/)
    expect(all).not.toMatch(/alpha-1 07-tendermint-1/)
  })
})

describe('far ends', () => {
  it('are looked at after a restart, although the chain that names them cannot be read', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1 ? { ...(chain as object), chainId: 'beta-1', connections: 'none' } : chain,
        ),
      }),
    })
    strike(world, { html: 502 })
    await world.restart()
    world.chains.freeze('beta-1', '07-tendermint-0')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.lines()).toEqual([expect.stringMatching(/FROZEN: beta-1 07-tendermint-0/)])
  })

  it('stay watched while the connections that name them cannot be listed', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: LONG,
          b: { ageMs: 0.85 * PERIOD, trustingPeriodMs: PERIOD },
        })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1 ? { ...(chain as object), chainId: 'beta-1', connections: 'none' } : chain,
        ),
      }),
    })
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 .*beta-1 07-tendermint-0/)])
    strike(world, { only: /connection\/v1\/connections/, rewrite: () => '{}' })
    await world.sweep()
    await world.pass(2 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([])
    world.chains.freeze('beta-1', '07-tendermint-0')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/FROZEN: beta-1 07-tendermint-0/)])
  })

  it('have no connection without a name, also when both ends are mine', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1
            ? { ...(chain as object), chainId: 'beta-1', connections: 'none' }
            : { ...(chain as object), chainId: 'alpha-1', mine: ['connection-0'] },
        ),
      }),
    })
    await world.sweep()
    await world.sweep()
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-0')?.connectionIds).toEqual([
      'connection-0',
    ])
  })
})
