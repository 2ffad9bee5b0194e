// npm run registry -- DAY [FOLDER]: writes src/chains/registry.json, what the program uses of the npm package chain-registry.
//
// DAY is when the package's version was published (`npm view chain-registry time`); the version that the file has
// already needs none. FOLDER is another copy of the package. The package leaves out what was killed: what the file has
// and the package lacks stays in the file, so that older copies are read in before newer ones.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { ListedAsset, RegistryChain, RegistryFile, RegistryLink } from '../src/chains/registry.ts'
import { shownBy } from '../src/cosmos/denom.ts'
import { goneChains } from './gone-chains.ts'

/** The parts of an entry that are read; the package's own types are wider and not always true. */
interface PackageChain {
  chainName: string
  chainId?: string
  prettyName?: string
  chainType?: string
  status?: string
  networkType?: string
  bech32Prefix?: string
  daemonName?: string
  apis?: { rest?: { address: string }[] }
  fees?: { feeTokens?: { denom: string }[] }
  staking?: { stakingTokens?: { denom: string }[] }
  explorers?: { kind?: string; url?: string }[]
}
interface PackageAsset {
  base: string
  /** `sdk.coin`, `ics20`, `cw20` … */
  typeAsset?: string
  symbol: string
  display: string
  denomUnits?: { denom: string; exponent: number; aliases?: string[] }[]
}
type PackageEnd = { chainName: string; chainId?: string; clientId?: string; connectionId?: string }
type PackageChannel = { chain1: { channelId: string; portId: string }; chain2: PackageChannel['chain1'] }
type PackageLink = { chain1: PackageEnd; chain2: PackageEnd; channels?: PackageChannel[] }

const require = createRequire(import.meta.url)
const [day, folder] = process.argv.slice(2)
const root = folder === undefined ? dirname(require.resolve('chain-registry')) : resolve(folder)
const folders = (network: string): string[] =>
  readdirSync(join(root, network), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? entry.name : []))
    .sort()
const read = <T>(path: string): T | undefined =>
  existsSync(join(root, path)) ? require(join(root, path)).default : undefined

/**
 * Tokens that contracts keep (`cw20`, `snip20`, `snip25`): the bank does not know their balances. Of an `erc20` it has
 * what was converted (`erc20/0x…` of evmos, `erc20:0x…` of cosmos/evm), which then is a denom like others.
 */
const isContract = ({ typeAsset = '', base }: PackageAsset): boolean =>
  /^(cw|snip)\d+$/.test(typeAsset) || (typeAsset === 'erc20' && !/^erc20[:/]/.test(base))

function assetOf(asset: PackageAsset): ListedAsset {
  const { base: denom, symbol, typeAsset } = asset
  if (isContract(asset)) return { denom, symbol, decimals: 0, contract: typeAsset }
  const shown = shownBy({ base: denom, symbol, display: asset.display, units: asset.denomUnits ?? [] })
  return { denom, symbol, decimals: shown?.decimals ?? 0, ...(shown?.isGuess && { isGuess: true }) }
}

function chainOf(chain: PackageChain & { chainId: string }, listed: PackageAsset[]): RegistryChain {
  const assets = listed.map(assetOf)
  const feeTokens = (chain.fees?.feeTokens ?? []).map(({ denom }) => denom)
  const stakingTokens = (chain.staking?.stakingTokens ?? []).map(({ denom }) => denom)
  const token = (denom: string | undefined) => {
    return assets.find((asset) => asset.denom === denom && !asset.contract) ?? null
  }
  return {
    registryName: chain.chainName,
    chainId: chain.chainId,
    name: chain.prettyName ?? chain.chainName,
    // Anybody may write an address there: what is no URL would be an endpoint of nothing.
    rest: [...new Set((chain.apis?.rest ?? []).map(({ address }) => address.replace(/\/+$/, '')))].filter(
      (url) => /^https?:\/\//.test(url) && URL.canParse(url),
    ),
    token: token(feeTokens[0] ?? stakingTokens[0]),
    stakingToken: token(stakingTokens[0]),
    networkType: chain.networkType ?? null,
    chainType: chain.chainType ?? null,
    prefix: chain.bech32Prefix ?? null,
    daemonName: chain.daemonName ?? null,
    status: chain.status ?? null,
    explorers: (chain.explorers ?? []).flatMap(({ kind, url }) => (url ? [{ name: kind ?? url, url }] : [])),
  }
}

function linkOf({ chain1, chain2, channels = [] }: PackageLink): RegistryLink[] {
  const ends = [chain1, chain2].map(({ chainName, chainId = null, connectionId, clientId }) =>
    connectionId && clientId ? { registryName: chainName, chainId, connectionId, clientId } : null,
  )
  const [first, second] = ends
  if (!first || !second) return []
  const end = ({ channelId, portId }: PackageChannel['chain1']) => ({ channelId, portId })
  return [{ ends: [first, second], channels: channels.map((one) => [end(one.chain1), end(one.chain2)]) }]
}

const chains: RegistryFile['chains'] = []
const links = new Map<string, RegistryLink>()
/** What has no chain id, and what the registry itself sets apart. */
const notCosmos = folders('noncosmos')
// Mainnets last: where an id or a name is used twice, the mainnet wins.
for (const network of ['devnet', 'testnet', 'mainnet']) {
  for (const name of folders(network)) {
    const path = `${network}/${name}`
    const chain = read<PackageChain>(`${path}/chain.js`)
    if (!chain?.chainId) {
      notCosmos.push(name)
      continue
    }
    const listed = read<{ assets?: PackageAsset[] }>(`${path}/asset-list.js`)?.assets ?? []
    const used = [...(chain.fees?.feeTokens ?? []), ...(chain.staking?.stakingTokens ?? [])]
    const bases = new Set(listed.map(({ base }) => base))
    chains.push({
      chain: chainOf({ ...chain, chainId: chain.chainId }, listed),
      assets: listed.map(assetOf),
      otherDenoms: [...new Set(used.map(({ denom }) => denom))].filter((denom) => !bases.has(denom)),
    })
    for (const one of read<PackageLink[]>(`${path}/ibc-data.js`) ?? [])
      for (const link of linkOf(one)) links.set(`${one.chain1.chainName}-${one.chain2.chainName}`, link)
  }
}
const connections = [...links].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link)
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const file = new URL('../src/chains/registry.json', import.meta.url)
const before: RegistryFile = JSON.parse(readFileSync(file, 'utf8'))
const date = day ?? (before.version === version ? before.date : undefined)
if (date === undefined || !/^\d{4}-\d\d-\d\d$/.test(date))
  throw new Error(
    `on which day was version ${version} published? npm view chain-registry time; then: -- 2026-08-16`,
  )
const head = JSON.stringify({ version, date }).slice(0, -1)
/** One entry a line: what an update changes is seen. */
const lines = (entries: readonly unknown[]) =>
  `[\n${entries.map((one) => JSON.stringify(one)).join(',\n')}\n]`
const all = [...goneChains(before.chains, chains, date), ...chains]
writeFileSync(
  file,
  `${head},\n"chains":${lines(all)},\n"notCosmos":${JSON.stringify(notCosmos.sort())},\n"connections":${lines(connections)}}\n`,
)
