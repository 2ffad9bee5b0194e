// `init` against chains of the sandbox: what they confirm, what they contradict, and when nobody answers.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import {
  type RegistryChain,
  type RegistryConnection,
  type RegistryFile,
  registryChain,
} from '../../src/chains/registry.ts'
import { loadConfig } from '../../src/config/index.ts'
import { endpointsAt } from '../../src/cosmos/endpoint-name.ts'
import { createPool } from '../../src/cosmos/endpoints.ts'
import { type Address, decodeAddress, encodeAddress } from '../../src/kernel/address.ts'
import { UsageError } from '../../src/kernel/errors.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { runInit } from '../../src/setup/init.ts'
import { captured } from '../support/cli.ts'
import { closeServed, serve } from '../support/sandbox-chain.ts'

let home: string
let file: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ibc-monitor-init-'))
  file = join(home, 'config.ts')
})
afterEach(async () => {
  rmSync(home, { recursive: true, force: true })
  await closeServed()
})

const clock = new ManualClock()
const openPool = (chainId: string, rest: readonly string[]) =>
  createPool({
    chainId,
    rest: endpointsAt(rest),
    limits: { inFlight: 4, requestsPerSecond: 1000, timeoutMs: 2000 },
    clock,
    logger: createLogger('silent'),
  })

/** The real registry, with the endpoints of a chain replaced. */
const registryWith = (rest: Record<string, string[]>) => async (word: string) => {
  const chain = await registryChain(word)
  return chain && { ...chain, rest: rest[chain.registryName] ?? chain.rest }
}

function registryNames(): string[] {
  const text = readFileSync(new URL('../../src/chains/registry.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as RegistryFile).chains.map(({ chain }) => chain.registryName)
}

function aWorld() {
  const world = new ChainWorld(clock)
  world.addChain({ chainId: 'cosmoshub-4', version: 'v10' })
  world.addChain({ chainId: 'osmosis-1', version: 'v8' })
  world.addChain({ chainId: 'juno-1', version: 'v7' })
  return world
}

test('what the chains confirm is written plainly, what they contradict is left out and said', async () => {
  const world = aWorld()
  const hubToOsmosis = world.openConnection('cosmoshub-4', 'osmosis-1')
  const hubToJuno = world.openConnection('cosmoshub-4', 'juno-1')
  const hub = await Promise.all(
    [{}, {}, {}, { html: 502 }, { chainId: 'theta-9' }].map((faults) => serve(world, faults, 'cosmoshub-4')),
  )
  const osmosis = await Promise.all(
    [{}, { behindMs: 3_600_000 }].map((faults) => serve(world, faults, 'osmosis-1')),
  )
  const urls = (served: typeof hub) => served.map(({ endpoint }) => endpoint.url)
  const link = (near: { connectionId: string; clientId: string }, far: string): RegistryConnection => ({
    connectionId: near.connectionId,
    clientId: near.clientId,
    channels: [],
    far: { registryName: far, chainId: null, connectionId: 'connection-0', clientId: '07-tendermint-0' },
  })
  const connections = async (own: string) =>
    own === 'cosmoshub'
      ? [
          link(hubToOsmosis.a, 'osmosis'),
          link(hubToJuno.a, 'osmosis'),
          link({ connectionId: 'connection-99', clientId: '07-tendermint-99' }, 'osmosis'),
        ]
      : [link({ ...hubToOsmosis.b, clientId: '07-tendermint-77' }, 'cosmoshub')]

  const written = captured()
  const registry = registryWith({ cosmoshub: urls(hub), osmosis: urls(osmosis) })
  const options = { chains: ['cosmoshub', 'osmosis-1', 'cosmoshub-4'], config: file }
  expect(await runInit(options, written.io, { registry, connections, openPool })).toBe(0)

  const settings = await loadConfig(file)
  const [hubSettings, osmosisSettings] = settings.chains
  expect(settings.chains).toHaveLength(2)
  expect(hubSettings).toMatchObject({
    chainId: 'cosmoshub-4',
    name: 'Cosmos Hub',
    token: { symbol: 'ATOM', denom: 'uatom', decimals: 6 },
    prefix: 'cosmos',
    connections: 'all',
    mine: [hubToOsmosis.a.connectionId],
  })
  expect(new Set(hubSettings?.rest)).toEqual(new Set(endpointsAt(urls(hub).slice(0, 3))))
  expect(osmosisSettings).toMatchObject({
    mine: [hubToOsmosis.b.connectionId],
    rest: endpointsAt(urls(osmosis)),
  })

  const text = readFileSync(file, 'utf8')
  expect(text).toContain(`// '${urls(hub)[3]}', // unverified: `)
  expect(text).toContain(`// '${urls(hub)[4]}', // unverified: `)
  expect(text).toContain(`'${hubToOsmosis.a.connectionId}', // to Osmosis, ${hubToOsmosis.a.clientId}\n`)
  expect(text).toContain(
    `// '${hubToJuno.a.connectionId}', // Osmosis in the registry, but its client follows juno-1`,
  )
  expect(text).toContain("// 'connection-99', // Osmosis in the registry, but the chain does not know it")
  expect(text).toMatch(/'http[^']+', \/\/ unverified: .*behind/)
  // The client that the chain names counts, not the one of the registry.
  expect(text).toContain(`to Cosmos Hub, ${hubToOsmosis.b.clientId}\n`)
  expect(text).toContain('explorers: https://')
  expect(written.err()).toContain('cosmoshub-4: 3 of 5 endpoints verified')
  expect(written.err()).toContain('cosmoshub-4: wallets are watched for ATOM (uatom)')
  expect(written.out()).toBe('')
  expect(statSync(join(home, '.env')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(home, '.env'), 'utf8')).toMatch(/^DISCORD_TOKEN=$/m)
})

test('without a network everything is there, marked as unverified', async () => {
  const registry = registryWith({
    cosmoshub: ['http://127.0.0.1:1'],
    osmosis: ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b'],
  })
  const written = captured()
  expect(
    await runInit({ chains: ['cosmoshub', 'osmosis'], config: file }, written.io, { registry, openPool }),
  ).toBe(3)
  expect(written.err()).toContain('No endpoint could be verified')
  expect(written.err()).toMatch(
    /^From the chain registry, the copy of \d+ \w{3} \d{4}\. Asking Cosmos Hub \(1 end/,
  )
  const text = readFileSync(file, 'utf8')
  expect(text.match(/'http:\/\/127\.0\.0\.1:1[^']*', \/\/ unverified: /g)).toHaveLength(3)
  expect(text).toContain(
    "'connection-257', // to Osmosis, 07-tendermint-259, unverified: nobody could be asked",
  )
  expect(text).toContain('nothing here was checked on the chain')
  const settings = await loadConfig(file)
  expect(settings.chains.map(({ mine }) => mine)).toEqual([['connection-257'], ['connection-1']])
})

test('a word that names no chain that can be asked is left out and said; the others are written', async () => {
  const world = aWorld()
  const { endpoint } = await serve(world, {}, 'juno-1')
  const none = { cosmoshub: ['http://127.0.0.1:1'], juno: [endpoint.url] }
  const registry = registryWith(none)
  const keyed = ['https://me:pw@h.example/apikey/hidden', 'http://h.example?key=hidden']
  const words = ['cosmohub', '\u001b[31mx\u202e', 'juno', 'evmos', 'penumbra', 'cosmoshub', 'JUNO']
  const written = captured()
  const meant = (word: string) => registry(word.toLowerCase())
  const code = await runInit({ chains: words, config: file }, written.io, { registry: meant, openPool })
  expect(code).toBe(2)
  const refused = runInit({ chains: keyed, config: `${file}.js` }, written.io, { registry: meant })
  await expect(refused).rejects.toThrow(/^(?!.*(hidden|pw@))/s)
  expect(written.err()).toMatch(/^Left out: "cosmohub" is neither .*; did you mean cosmoshub\?$/m)
  expect(written.err()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  expect(written.err()).toMatch(/^Left out: Evmos \(evmos_9001-2\) has left the chain registry/m)
  expect(written.err()).toMatch(/^Left out: Penumbra \(penumbra-1\) speaks no Cosmos REST/m)
  expect((await loadConfig(file)).chains.map(({ chainId }) => chainId)).toEqual(['juno-1', 'cosmoshub-4'])
})

test('with many chains of the registry what matters is on one screen', async () => {
  const names = [...registryNames().filter((_, at) => at < 20 || at % 5 === 0), 'no-such-chain']
  const registry = async (word: string) => {
    const chain = await registryChain(word)
    return chain && { ...chain, rest: chain.rest.length > 0 ? ['http://127.0.0.1:1'] : [] }
  }
  const written = captured()
  const openClosed = (chainId: string) => openPool(chainId, ['http://127.0.0.1:1'])
  expect(await runInit({ chains: names, config: file }, written.io, { registry, openPool: openClosed })).toBe(
    3,
  )
  const lines = written.err().trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(20)
  expect(written.err()).toMatch(/^Left out, too: .*\bno-such-chain$/m)
  expect(written.err()).toMatch(/0 of \d+ chains have an endpoint that could be verified/)
  expect((await loadConfig(file)).chains.length).toBeGreaterThan(60)
})

test('one chain that serves only other chains still gives a configuration that loads', async () => {
  const world = aWorld()
  const { endpoint } = await serve(world, {}, 'juno-1')
  const registry = registryWith({ cosmoshub: [endpoint.url] })
  await runInit({ chains: ['cosmoshub'], config: file }, captured().io, { registry, openPool })
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`'${endpoint.url}', // unverified: .*juno-1`))
  expect((await loadConfig(file)).chains).toHaveLength(1)
})

test.each([
  ['no chain', [], /Name the chains/],
  [
    'an unknown chain',
    ['cosmoshubb', 'qqqqqqqqqqqqqqqq'],
    /"cosmoshubb" is neither .*; did you mean cosmoshub\?\n"qqqqqqqqqqqqqqqq" is neither [^?]*$/,
  ],
])('%s is a mistake of use', async (_, chains, message) => {
  const io = captured().io
  await expect(runInit({ chains, config: file }, io, { openPool })).rejects.toThrow(message)
  await expect(runInit({ chains, config: file }, io, { openPool })).rejects.toThrow(UsageError)
})

test('a chain without REST endpoints in the registry is refused with what to do', async () => {
  const registry = async (): Promise<RegistryChain | null> => ({
    ...(await registryChain('cosmoshub'))!,
    rest: [],
  })
  await expect(runInit({ chains: ['cosmoshub'], config: file }, captured().io, { registry })).rejects.toThrow(
    'no REST endpoint for Cosmos Hub (cosmoshub-4); write the chain out',
  )
})

test('a configuration is never overwritten, and a .env keeps what is in it', async () => {
  writeFileSync(file, 'export default {}\n')
  const registry = registryWith({ cosmoshub: ['http://127.0.0.1:1'] })
  const init = (config: string) =>
    runInit({ chains: ['cosmoshub'], config }, captured().io, { registry, openPool })
  await expect(init(file)).rejects.toThrow('never overwrites')
  expect(readFileSync(file, 'utf8')).toBe('export default {}\n')
  writeFileSync(join(home, '.env'), "DISCORD_TOKEN='mine'\n")
  await init(join(home, 'second.ts'))
  expect(readFileSync(join(home, '.env'), 'utf8')).toMatch(
    /^DISCORD_TOKEN='mine'\n(#.*\n)?DISCORD_WEBHOOK_URL=\n$/,
  )
})

test('with --relayer what it updates is mine, by the index of each version, under the address of each chain', async () => {
  const world = aWorld()
  const { a } = world.openConnection('cosmoshub-4', 'osmosis-1')
  const second = world.openConnection('cosmoshub-4', 'juno-1')
  const signer = 'cosmos1t679w0lvep5mz7al0aaehvqlmhrxl7w49d5y5n'
  const { bytes } = decodeAddress(signer) as Address
  const onJuno = encodeAddress('juno', bytes)
  await clock.advance(60_000)
  for (let n = 0; n < 25; n++)
    world.chain('cosmoshub-4').updates.push({ clientId: 'x-1', signer: 'another', height: 1, code: 0 })
  world.updateClient('cosmoshub-4', a.clientId, signer)
  for (let n = 0; n < 40; n++)
    world.chain('cosmoshub-4').updates.push({ clientId: second.a.clientId, signer, height: 1, code: 0 })
  world.chain('cosmoshub-4').updates.push({ clientId: '07-tendermint-99', signer, height: 1, code: 5 })
  world.chain('cosmoshub-4').updates.push({ clientId: "no client's id", signer, height: 1, code: 0 })
  world.updateClient('juno-1', second.b.clientId, onJuno)
  const served = await Promise.all(
    ['cosmoshub-4', 'juno-1'].map(async (id) => [id, (await serve(world, {}, id)).endpoint.url] as const),
  )
  const rest = Object.fromEntries(served.map(([id, url]) => [id.replace(/-\d+$/, ''), [url]]))
  const written = captured()
  const options = { chains: ['cosmoshub', 'juno'], config: file, relayer: [signer.toUpperCase()] }
  const deps = { registry: registryWith(rest), connections: async () => [], openPool }
  expect(await runInit(options, written.io, deps)).toBe(0)
  const { chains } = await loadConfig(file)
  expect(chains.map(({ mine }) => mine)).toEqual([[second.a.clientId, a.clientId], [second.b.clientId]])
  expect(readFileSync(file, 'utf8')).toContain(`'${second.b.clientId}', // updated by ${onJuno}`)
  expect(written.err()).toContain(`cosmoshub-4: ${signer} updates 2 clients, which are \`mine\`\n`)
  expect(written.err()).not.toContain('With --relayer')
})

test('with --relayer it says that older updates were not looked at, by which quiet channels live', async () => {
  const world = aWorld()
  const busy = world.openConnection('cosmoshub-4', 'osmosis-1').a.clientId
  const quiet = world.openConnection('cosmoshub-4', 'juno-1').a.clientId
  const signer = 'cosmos1t679w0lvep5mz7al0aaehvqlmhrxl7w49d5y5n'
  await clock.advance(60_000)
  world.updateClient('cosmoshub-4', quiet, signer)
  for (let n = 0; n < 100; n++)
    world.chain('cosmoshub-4').updates.push({ clientId: busy, signer, height: 1, code: 0 })
  const { endpoint } = await serve(world, {}, 'cosmoshub-4')
  const written = captured()
  const deps = {
    registry: registryWith({ cosmoshub: [endpoint.url] }),
    connections: async () => [],
    openPool,
  }
  expect(await runInit({ chains: ['cosmoshub'], config: file, relayer: [signer] }, written.io, deps)).toBe(0)
  const said =
    'by its newest transactions alone: add those that it updates more seldom, nobody is tagged for others'
  expect(written.err()).toContain(`updates 1 client, which are \`mine\`, ${said}`)
  expect(readFileSync(file, 'utf8')).toContain(`// ${said}\n`)
  const { chains } = await loadConfig(file)
  expect(chains.map(({ mine }) => mine)).toEqual([[busy]])
})

test('where no index tells, or it has none of the relayer, that is said; what is no address is refused', async () => {
  const world = aWorld()
  const signer = 'cosmos1t679w0lvep5mz7al0aaehvqlmhrxl7w49d5y5n'
  const hub = await serve(world, { only: /tx\/v1beta1/, status: 500 }, 'cosmoshub-4')
  const osmosis = await serve(world, {}, 'osmosis-1')
  const registry = registryWith({ cosmoshub: [hub.endpoint.url], osmosis: [osmosis.endpoint.url] })
  const written = captured()
  const init = (relayer: string[]) =>
    runInit({ chains: ['cosmoshub', 'osmosis'], config: file, relayer }, written.io, {
      registry,
      connections: async () => [],
      openPool,
    })
  await expect(init(['cosmoshub'])).rejects.toThrow('--relayer cosmoshub: it does not look like an address')
  expect(await init([signer])).toBe(0)
  expect(written.err()).toContain(`cosmoshub-4: no index of transactions tells what ${signer} updates`)
  expect(written.err()).toMatch(/osmosis-1: its index of transactions has no update by osmo1/)
})
