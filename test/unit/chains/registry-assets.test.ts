// Every asset of the chain registry: it is found again, and an amount of it is read, or it is said why it is not watched.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RegistryFile } from '../../../src/chains/registry.ts'
import { registryAsset, registryAssets, registryHasDenom } from '../../../src/chains/registry-assets.ts'
import { formatAmount, parseAmount } from '../../../src/kernel/amount.ts'
import { contractProblem } from '../../../src/wallets/tokens.ts'

const { chains }: RegistryFile = JSON.parse(
  readFileSync(new URL('../../../src/chains/registry.json', import.meta.url), 'utf8'),
)
/** Of two chains with one id the later one is meant. */
const meant = [...new Map(chains.map((entry) => [entry.chain.chainId, entry])).values()]

describe('each asset of each chain', () => {
  it('is found by its denom and among those of its symbol; it reads an amount, or it is said why not', async () => {
    let walked = 0
    for (const { chain, assets } of meant) {
      for (const { denom, symbol, decimals } of assets) {
        const what = `${symbol} (${denom}) of ${chain.chainId}`
        walked++
        const found = await registryAsset(chain.chainId, denom)
        expect(found, what).toMatchObject({ denom, symbol, decimals })
        expect(await registryHasDenom(chain.chainId, denom), what).toBe(true)
        const problem = contractProblem(denom, found)
        if (found?.contract !== undefined || problem !== null) {
          const standard = found?.contract ?? 'this is its address'
          expect(problem, what).toContain(`is kept by a contract (${standard})`)
          continue
        }
        const base = parseAmount('5', decimals)
        expect(base, what).toBe(5n * 10n ** BigInt(decimals))
        expect(formatAmount(base!, decimals), what).toBe('5')
        const called = await registryAssets(chain.chainId, symbol.toUpperCase())
        expect(
          called.map((one) => one.denom),
          what,
        ).toContain(denom)
      }
    }
    expect(walked).toBeGreaterThan(2000)
  })

  it('is a token of the bank, where that has one of the symbol besides a contract', async () => {
    for (const { chain, assets } of meant) {
      for (const { symbol } of assets) {
        const called = await registryAssets(chain.chainId, symbol)
        const kinds = new Set(called.map(({ contract }) => contract !== undefined))
        expect(kinds.size, `${symbol} of ${chain.chainId}`).toBe(1)
      }
    }
  })
})

it("a chain's own token is one of the bank, and one of its assets", () => {
  for (const { chain, assets } of meant) {
    for (const token of [chain.token, chain.stakingToken]) {
      if (token === null) continue
      const listed = assets.find(({ denom }) => denom === token.denom)
      expect([listed?.symbol, listed?.decimals, listed?.contract], chain.chainId).toEqual([
        token.symbol,
        token.decimals,
        undefined,
      ])
    }
  }
})

it('a symbol of several tokens is all of them, whatever its case; a denom is one', async () => {
  const ofHub = await registryAssets('cosmoshub-4', 'usdT')
  expect(ofHub.map(({ symbol }) => symbol).sort()).toEqual(['USDT', 'USDt'])
  expect(await registryAsset('cosmoshub-4', 'USDT')).toMatchObject({ symbol: 'USDT' })
  expect(await registryAssets('cosmoshub-4', ofHub[1]!.denom)).toEqual([ofHub[1]])
  const decimals = (await registryAssets('osmosis-1', 'SOL')).map((one) => one.decimals)
  expect(new Set(decimals).size).toBeGreaterThan(1)
})
