// Which token is meant: the chain's own, one of the registry, one that was met before; never a namesake's.
import { describe, expect, it } from 'vitest'
import { createDirectory } from '../../../src/chains/directory.ts'
import { registryAssets } from '../../../src/chains/registry-assets.ts'
import { normalDenom } from '../../../src/cosmos/denom.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { walletStore } from '../../../src/wallets/store.ts'
import { createTokens } from '../../../src/wallets/tokens.ts'
import { aChain } from '../../support/client-rows.ts'
import { address } from '../../support/wallets.ts'
import { chainOf } from '../cosmos/tiny-chain.ts'
import { grpc } from '../cosmos/tiny-node.ts'

const OSMO = { symbol: 'OSMO', denom: 'uosmo', decimals: 6 }
const IBC_ATOM = 'ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2'
const FAKE = { symbol: 'ATOM', denom: 'factory/osmo1x/uatom', decimals: 6 }

function make() {
  const chain = aChain('osmosis-1', 'Osmosis', { token: OSMO })
  const store = walletStore(openDatabase(':memory:', { nowMs: 0 }))
  const directory = createDirectory([chain])
  return { chain, store, tokens: createTokens({ directory, pools: new Map(), store, registryAssets }) }
}

describe('a token', () => {
  it("left out is the chain's own; by symbol in any case, or by denom, too", async () => {
    const { chain, tokens } = make()
    for (const typed of [undefined, 'OSMO', 'osmo', 'uosmo'])
      expect(await tokens.find(chain, typed)).toEqual([OSMO])
  })

  it('that came over IBC is found in the registry, by symbol and by denom', async () => {
    const { chain, tokens, store } = make()
    const atom = { symbol: 'ATOM', denom: IBC_ATOM, decimals: 6 }
    expect(await tokens.find(chain, 'atom')).toEqual([atom])
    expect(await tokens.find(chain, IBC_ATOM.toLowerCase())).toEqual([atom])
    expect(tokens.of('osmosis-1', IBC_ATOM).decimals).toBe(0)
    tokens.keep('osmosis-1', atom)
    expect(store.token('osmosis-1', IBC_ATOM)).toEqual(atom)
    expect(tokens.of('osmosis-1', IBC_ATOM)).toEqual(atom)
  })

  it('that only calls itself ATOM is not taken for ATOM', async () => {
    const { chain, tokens, store } = make()
    store.saveToken('osmosis-1', FAKE)
    expect((await tokens.find(chain, 'ATOM')).map(({ denom }) => denom)).toEqual([IBC_ATOM])
    expect(await tokens.find(chain, FAKE.denom)).toEqual([FAKE])
  })

  it('that a contract keeps is refused in words; where the bank has one of that symbol, it is that one', async () => {
    const { tokens, store } = make()
    const injective = aChain('injective-1', 'Injective', { token: null })
    const bank =
      'factory/inj14ejqjyq8um4p3xfqj74yld5waqljf88f9eneuk/inj18luqttqyckgpddndh8hvaq25d5nfwjc78m56lc'
    expect((await tokens.find(injective, 'hinj')).map(({ denom }) => denom)).toEqual([bank])
    // Kept from before: it was taken then.
    const contract = 'cw20:inj18luqttqyckgpddndh8hvaq25d5nfwjc78m56lc'
    store.saveToken('injective-1', { symbol: 'hINJ', denom: contract, decimals: 18 })
    for (const [chainId, typed, standard] of [
      ['injective-1', contract, 'cw20'],
      ['archway-1', 'bARCH', 'cw20'],
      ['secret-4', 'SHD', 'snip25'],
      ['injective-1', 'cw20:inj1nobodyknowsit', 'cw20'],
      // Its address alone, whatever type the registry says of it.
      ['injective-1', 'inj1sudjgsyhufqu95yp7rqad3g78ws8g6htf32h88', 'this is its address'],
      ['osmosis-1', address(7, 'osmo'), 'this is its address'],
      ['haqq_11235-1', '0xc5e00d3b04563950941f7137b5afa3a534f0d6d6', 'this is its address'],
    ] as const) {
      const chain = aChain(chainId, 'X', { token: null })
      await expect(tokens.find(chain, typed)).rejects.toThrow(`is kept by a contract (${standard})`)
    }
    expect(await tokens.learn('injective-1', contract)).toContain('kept by a contract')
    expect(await tokens.learn('injective-1', 'inj')).toBeNull()
    expect(tokens.of('injective-1', 'inj').symbol).toBe('INJ')
  })

  it('that was converted from a contract is one of the bank', async () => {
    const { tokens } = make()
    const haqq = aChain('haqq_11235-1', 'HAQQ', { token: null })
    const deen = 'erc20/0x4FEBDDe47Ab9a76200e57eFcC80b212a07b3e6cE'
    expect(await tokens.find(haqq, deen)).toMatchObject([{ denom: deen }])
    expect(await tokens.learn('evm-1', 'erc20:0xC5e00D3b04563950941f7137B5AfA3a534F0D6d6')).toBeNull()
  })

  it('that is registered by its denom is not another that has this for a symbol', async () => {
    const { tokens } = make()
    // bARCH is a symbol of a cw20 there; a denom of the bank may be called so.
    expect(await tokens.learn('archway-1', 'barch')).toBeNull()
    expect(tokens.of('archway-1', 'barch').symbol).toBe('barch')
  })

  it('that nobody knows is none, and shown as its denom in base units', async () => {
    const { chain, tokens } = make()
    expect(await tokens.find(chain, 'nothinglikethis')).toEqual([])
    expect(tokens.of('osmosis-1', 'nothinglikethis')).toEqual({
      denom: 'nothinglikethis',
      symbol: 'nothinglikethis',
      decimals: 0,
    })
  })

  it('names its denom and how it is counted, unless it is the own one of its chain', () => {
    const { tokens } = make()
    expect(tokens.note('osmosis-1', 'uosmo')).toBe('')
    expect(tokens.note('osmosis-1', 'unobody')).toBe('counted in base units')
    expect(tokens.note('osmosis-1', IBC_ATOM)).toBe(`denom \`${IBC_ATOM}\`, counted in base units`)
    tokens.keep('osmosis-1', { symbol: 'ATOM', denom: IBC_ATOM, decimals: 6 })
    expect(tokens.note('osmosis-1', IBC_ATOM)).toBe(`denom \`${IBC_ATOM}\``)
  })

  it('that was counted in base units is looked up again, unless the configuration counts with it', async () => {
    const { chain, tokens } = make()
    const atom = { symbol: 'ATOM', denom: IBC_ATOM, decimals: 6 }
    tokens.keep('osmosis-1', { ...atom, decimals: 0 })
    const wallets = [{ address: 'osmo1…', threshold: '5', denom: IBC_ATOM.toLowerCase() }]
    expect(await tokens.find({ ...chain, wallets }, IBC_ATOM)).toEqual([{ ...atom, decimals: 0 }])
    expect(await tokens.find(chain, IBC_ATOM)).toEqual([atom])
    expect(await tokens.learn('osmosis-1', IBC_ATOM)).toBeNull()
    expect(tokens.of('osmosis-1', IBC_ATOM)).toEqual(atom)
  })

  it('that came over IBC has the decimals of its home, where the chains that have one of that name agree', async () => {
    const denom = `ibc/${'AB'.repeat(32)}`
    const { chain: pool } = await chainOf((path) =>
      path.includes('denom_traces')
        ? { body: { denom_trace: { base_denom: 'stake' } } }
        : grpc(404, 5, 'none'),
    )
    const home = (id: string, decimals: number) =>
      aChain(id, id, { token: { symbol: 'STAKE', denom: 'stake', decimals } })
    const chain = aChain('x-1', 'X', { token: null })
    const found = async (...homes: ReturnType<typeof home>[]) => {
      const store = walletStore(openDatabase(':memory:', { nowMs: 0 }))
      const directory = createDirectory([chain, ...homes])
      return createTokens({ directory, pools: new Map([['x-1', pool]]), store, registryAssets }).find(
        chain,
        denom,
      )
    }
    expect(await found(home('a-1', 6), home('b-1', 6))).toEqual([{ symbol: 'STAKE', denom, decimals: 6 }])
    expect(await found(home('a-1', 6), home('b-1', 18))).toEqual([])
  })

  it('has its hash in upper case', () => {
    expect(normalDenom(` ${IBC_ATOM.toLowerCase()} `)).toBe(IBC_ATOM)
    expect(normalDenom('uAtom')).toBe('uAtom')
  })
})
