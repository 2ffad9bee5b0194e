// A walk over every chain of the registry: what it is called, what init writes of it, its tokens, and its connections.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainsMeant } from '../../src/chains/names.ts'
import {
  type RegistryChain,
  type RegistryFile,
  registryByName,
  registryConnections,
  registryMeant,
  registryNear,
} from '../../src/chains/registry.ts'
import { registryAsset } from '../../src/chains/registry-assets.ts'
import { unknownWord } from '../../src/chains/registry-words.ts'
import { loadConfig, type Settings, settingsOf } from '../../src/config/index.ts'
import type { ChainPool } from '../../src/cosmos/types.ts'
import { parseAmount } from '../../src/kernel/amount.ts'
import { UpstreamError } from '../../src/kernel/errors.ts'
import { configText } from '../../src/setup/config-text.ts'
import { planFromRegistry } from '../../src/setup/init-plan.ts'

const file: RegistryFile = JSON.parse(
  readFileSync(new URL('../../src/chains/registry.json', import.meta.url), 'utf8'),
)
const chains = file.chains.map(({ chain }) => chain)
const askable = chains.filter(({ rest }) => rest.length > 0)
const called = ({ chainId, registryName }: RegistryChain) => `${registryName} (${chainId})`

/** A chain that cannot be asked: everything stays as the registry has it. */
const closedPool = (): ChainPool =>
  ({
    head: () => Promise.reject(new UpstreamError('no-endpoint', 'closed')),
    endpoints: () => [],
    close: () => Promise.resolve(),
  }) as unknown as ChainPool

/** The chain that an entry came to, whether or not its endpoints have to be asked which one it is. */
const only = ({ chains, undecided }: Settings) => chains[0] ?? undecided[0]?.said

describe('every chain of the registry', () => {
  it('is meant by its id, its name and its display name, unless that is what another one is called', async () => {
    const lost: string[] = []
    const isMeant = async (word: string, { chainId }: RegistryChain) =>
      (await registryMeant(word)).some((one) => one.chainId === chainId)
    for (const chain of chains) {
      const { chainId, registryName, name, goneSince } = chain
      if (!(await isMeant(` ${chainId} `, chain))) lost.push(`${called(chain)} by its id`)
      // A chain that has gone may have left its name to the next one.
      const isLeft = goneSince !== undefined && (await registryByName(registryName))?.chainId !== chainId
      if (!isLeft && !(await isMeant(registryName, chain))) lost.push(`${called(chain)} by its name`)
      const isShared = chains.some((one) => one.chainId !== chainId && chainsMeant([one], name).length > 0)
      if (!isShared && !(await isMeant(name, chain))) lost.push(`${called(chain)} by ${name}`)
    }
    expect(lost).toEqual([])
  })

  it('loads by each of its names as what the registry says, or is set apart with the reason and what to do', async () => {
    const other = { chainId: 'other-1', rest: ['https://lcd.example'] }
    for (const word of new Set(
      chains.flatMap(({ chainId, registryName, name }) => [chainId, registryName, name]),
    )) {
      const byName = await registryByName(word)
      const [known = null, ...more] = byName ? [byName] : await registryMeant(word)
      const { chains: loaded, unwatched } = await settingsOf({ chains: [word, other] })
      if (known && more.length === 0 && known.rest.length > 0) {
        const { chainId, name, registryName, token, prefix, daemonName } = known
        const rest = known.rest.map((url) => ({ url }))
        expect(loaded[0]).toMatchObject({ chainId, name, registryName, rest, token, prefix, daemonName })
      } else {
        expect(unwatched, word).toHaveLength(1)
        expect(unwatched[0]!.reason).toMatch(
          /has left the chain|not a Cosmos chain|no Cosmos REST|no REST endpoint|" may be /,
        )
        expect(unwatched[0]!.mend).toMatch(/^(leave it out|write )/)
      }
    }
  })

  it('has words of its own near to it', () => {
    const near = (word: string) => registryNear(word)?.word ?? null
    for (const { registryName } of askable.slice(0, 40)) expect(near(registryName)).toBe(registryName)
    expect(['cosmos', 'luna', 'atom', 'Osmossis'].map(near)).toEqual([
      'cosmoshub',
      'terra2',
      'cosmoshub',
      'osmosis',
    ])
    // What cannot be asked is named all the same: then it is said why.
    expect(['stargaz', 'etherum', 'xqzw', ''].map(near)).toEqual(['stargaze', 'ethereum', null, null])
    expect(unknownWord('sol')).toMatchObject({
      near: null,
      reason: expect.stringMatching(/; if solana is meant: Solana.* is not a Cosmos chain, but solana$/),
      mend: expect.not.stringContaining('solana'),
    })
  })
})

describe("the text that init writes of the registry's chains", () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'ibc-monitor-walk-'))
  })
  afterAll(() => rmSync(home, { recursive: true }))

  it('loads again as the same chains, with the same tokens, prefixes and daemons', async () => {
    const plan = await planFromRegistry(askable, { connections: registryConnections, openPool: closedPool })
    const path = join(home, 'all.ts')
    writeFileSync(path, configText(plan.config, { ...plan, head: ['All.'] }))
    const settings = await loadConfig(path)
    const loaded = [...settings.chains, ...settings.undecided.map(({ said }) => said)]
    expect(settings.unwatched).toEqual([])
    expect(loaded).toHaveLength(askable.length)
    for (const { chainId, name, token, prefix, daemonName, registryName } of askable) {
      const one = loaded.find((other) => other.chainId === chainId)
      expect(one).toMatchObject({ prefix, daemonName, registryName, name: [...name].slice(0, 64).join('') })
      const { denom, symbol, decimals } = token ?? {}
      expect(one?.token ?? {}).toMatchObject(token ? { denom, symbol, decimals } : {})
    }
  })

  it('of one chain alone loads as that chain, too', async () => {
    for (const chain of askable.filter(({ chainId }, at) => at % 10 === 0 || chainId === 'arkeo')) {
      const { config } = await planFromRegistry([chain], {
        connections: registryConnections,
        openPool: closedPool,
      })
      expect(only(await settingsOf(config))?.chainId).toBe(chain.chainId)
    }
  })
})

it('each asset parses an amount, or it is known why not', async () => {
  for (const { chain, assets } of file.chains) {
    for (const { denom, contract, decimals } of assets) {
      const asset = await registryAsset(chain.chainId, denom)
      // A contract keeps it, or its display unit is none of its units.
      if (contract !== undefined || decimals === null) continue
      expect(parseAmount('1', asset!.decimals), `${denom} of ${called(chain)}`).toBe(10n ** BigInt(decimals))
    }
  }
})

describe('each pair of chains with a connection', () => {
  it('is seen from both ends, with whole ids', async () => {
    for (const { ends } of file.connections) {
      const [a, b] = ends
      for (const [near, far] of [
        [a, b],
        [b, a],
      ] as const) {
        const known = (await registryByName(near.registryName)) !== null
        const seen = await registryConnections(near.registryName, far.registryName)
        const ids = seen.map(({ connectionId }) => connectionId)
        if (known) expect(ids, `${near.registryName} to ${far.registryName}`).toContain(near.connectionId)
      }
    }
  })

  it('resolves, but for the ends of which the registry has no chain any more: these are named', async () => {
    const unknown = new Set<string>()
    for (const { registryName, chainId } of file.connections.flatMap(({ ends }) => ends)) {
      const chain = await registryByName(registryName)
      if (!chain) unknown.add(registryName)
      else if (chainId !== null) expect(chainId, registryName).toBe(chain.chainId)
    }
    // They were killed before June 2026, or were followed by another test network: of them only connections are known.
    expect([...unknown].sort().join(' ')).toBe(
      '8ball akashtestnet1 celestiatestnet cerberus cudos dig dungeon1 entrypointtestnet junotestnet6 lumenx mantrachaintestnet mars microtick nois nolustestnet1 osmosistestnet4 picasso pryzm quicksilvertestnet2 vidulum xiontestnet1',
    )
  })
})
