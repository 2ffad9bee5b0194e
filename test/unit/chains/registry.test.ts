// The chain registry: look-ups by name and id, connections seen from either end, and the file that it is read from.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import {
  type RegistryFile,
  registryById,
  registryByName,
  registryChain,
  registryConnections,
  registryMeant,
} from '../../../src/chains/registry.ts'
import { registryAsset } from '../../../src/chains/registry-assets.ts'

test('a chain by name and by chain id is the same', async () => {
  const hub = await registryChain('cosmoshub')
  expect(hub).toMatchObject({
    registryName: 'cosmoshub',
    chainId: 'cosmoshub-4',
    name: 'Cosmos Hub',
    token: { symbol: 'ATOM', denom: 'uatom', decimals: 6 },
    prefix: 'cosmos',
    daemonName: 'gaiad',
    status: 'live',
  })
  expect(hub?.rest.every((url) => /^https?:\/\/.*[^/]$/.test(url))).toBe(true)
  expect(hub?.explorers[0]).toEqual({ name: 'mintscan', url: 'https://www.mintscan.io/cosmos' })
  expect(await registryChain('cosmoshub-4')).toEqual(hub)
})

test.each([
  ['atomone', 'uphoton', 'uatone'],
  ['manifest', 'umfx', 'upoa'],
  ['nobletestnet', 'uusdc', 'ustake'],
  ['noble', 'uusdc', undefined],
  ['osmosis', 'uosmo', 'uosmo'],
])('the token of %s is what fees are paid in: %s', async (name, denom, staked) => {
  const chain = await registryChain(name)
  expect(chain?.token?.denom).toBe(denom)
  expect(chain?.stakingToken?.denom).toBe(staked)
})

test.each(['no-such-chain', '', '__proto__', 'constructor', 'mainnet/cosmoshub', '../package.json'])(
  '"%s" is unknown',
  async (word) => {
    expect(await registryChain(word)).toBeNull()
    expect(await registryConnections(word)).toEqual([])
  },
)

test('ids and names are looked up apart: what is the one need not be the other', async () => {
  expect(await registryById('agoric')).toBeNull()
  expect((await registryByName('agoric'))?.chainId).toBe('agoric-3')
  expect(await registryByName('agoric-3')).toBeNull()
  expect((await registryById('arkeo'))?.registryName).toBe('arkeonetworktestnet')
  expect((await registryByName('arkeo'))?.chainId).toBe('arkeo-main-v1')
  expect((await registryMeant('arkeo')).map(({ chainId }) => chainId)).toEqual(['arkeo', 'arkeo-main-v1'])
  // Its id and its name are the same word.
  expect((await registryMeant('celestia')).map(({ chainId }) => chainId)).toEqual(['celestia'])
  expect(await registryAsset('osmosis', 'OSMO')).toBeNull()
})

test.each([
  ['sandbox', ['sandbox']],
  // As it is written it is what another chain is called.
  ['Sandbox', ['sandbox', 'sandbox-2']],
  ['Terra', ['columbus-5', 'phoenix-1']],
  // Of two that are called so, one has it for its name in the registry too.
  ['Noble', ['noble-1']],
  ['Agoric', ['agoric-3']],
  ['Cosmos Hub', ['cosmoshub-4']],
  ['terra2', ['phoenix-1']],
  ['TERRA2', ['phoenix-1']],
  ['dYdX Protocol', ['dydx-testnet-4', 'dydx-mainnet-1']],
])('a word means the chain with this id or name, before what is called so: %s', async (word, ids) => {
  expect((await registryMeant(word)).map(({ chainId }) => chainId)).toEqual(ids)
})

describe('connections', () => {
  test('are the same seen from both ends', async () => {
    const [fromHub] = await registryConnections('cosmoshub', 'osmosis')
    const [fromOsmosis] = await registryConnections('osmosis-1', 'cosmoshub')
    expect(fromHub).toMatchObject({ connectionId: 'connection-257', far: { connectionId: 'connection-1' } })
    expect(fromOsmosis).toMatchObject({
      connectionId: 'connection-1',
      far: { connectionId: 'connection-257' },
    })
    expect(fromHub?.channels).toContainEqual({ channelId: 'channel-141', portId: 'transfer' })
    expect(fromOsmosis?.channels).toContainEqual({ channelId: 'channel-0', portId: 'transfer' })
  })

  test('to all chains, each with whole ids', async () => {
    const all = await registryConnections('osmosis')
    expect(all.length).toBeGreaterThan(50)
    for (const { connectionId, clientId, far } of all) {
      expect([connectionId, far.connectionId].every((id) => /^connection-\d+$/.test(id))).toBe(true)
      expect(clientId).toMatch(/-\d+$/)
      expect(far.registryName).not.toBe('osmosis')
    }
  })
})

test('the program itself reads one file of its own, at the first look-up and nothing of the package', () => {
  const script = `
    import fs from 'node:fs'
    import { createRequire, syncBuiltinESMExports } from 'node:module'
    const read = []
    const readFileSync = fs.readFileSync
    fs.readFileSync = (path, ...rest) => {
      if (String(path).includes('registry.json')) read.push(String(path))
      return readFileSync(path, ...rest)
    }
    syncBuiltinESMExports()
    const { registryChain } = await import('./src/chains/registry.ts')
    const before = read.length
    const { chainId } = await registryChain('osmosis')
    await registryChain('cosmoshub')
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('chain-registry'))
    console.log(JSON.stringify({ chainId, before, after: read.length, loaded: loaded.length }))`
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ chainId: 'osmosis-1', before: 0, after: 1, loaded: 0 })
})

describe('the file that `npm run registry` writes', () => {
  const file: RegistryFile = JSON.parse(
    readFileSync(new URL('../../../src/chains/registry.json', import.meta.url), 'utf8'),
  )

  test('is of the version of the package that is installed, says its day, and is not large', () => {
    expect(file.version).toBe(createRequire(import.meta.url)('chain-registry/package.json').version)
    expect(file.date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(JSON.stringify(file).length).toBeLessThan(1_000_000)
  })

  test('keeps the status of each chain that says one', () => {
    const statuses = new Set(file.chains.map(({ chain }) => chain.status))
    expect([...statuses].filter((one) => !['live', 'killed', 'upcoming', null].includes(one))).toEqual([])
    expect(statuses).toContain('live')
  })

  test('has whole connections, each once', () => {
    const pairs = file.connections.map(({ ends }) => ends.map((end) => end.registryName).join(' '))
    expect(new Set(pairs).size).toBe(pairs.length)
    for (const { ends, channels } of file.connections) {
      for (const end of ends) expect(end.connectionId && end.clientId).toBeTruthy()
      for (const both of channels) expect(both).toHaveLength(2)
    }
  })
})
