// The doctor's look at the tokens of configured wallets: which each is, whether its decimals are known, and whether the chain has it.
import { join } from 'node:path'
import { createDirectory } from '../../chains/directory.ts'
import { registryAssets } from '../../chains/registry-assets.ts'
import type { ChainSettings } from '../../chains/settings.ts'
import type { Settings } from '../../config/index.ts'
import { readHoldings, readSupply } from '../../cosmos/bank.ts'
import { type ChainPool, isUpstream } from '../../cosmos/types.ts'
import { decodeAddress } from '../../kernel/address.ts'
import { Refusal } from '../../kernel/errors.ts'
import { DATABASE_FILE } from '../../storage/database.ts'
import { readDatabase } from '../../storage/inspect.ts'
import { walletStore } from '../../wallets/store.ts'
import { COUNTED, createTokens, heldOf, severalText, unknownToken } from '../../wallets/tokens.ts'
import type { Token } from '../../wallets/types.ts'
import { about, type Finding } from './findings.ts'

const { warning, wrong } = about('chains')

/** How the bot has counted its tokens until now, by chain id; nothing where its database does not tell. */
export type KeptTokens = ReadonlyMap<string, readonly Token[]>

export function keptTokens({ chains }: Settings, dataDirectory: string): KeptTokens {
  try {
    const file = join(dataDirectory, DATABASE_FILE)
    const read = readDatabase(file, (database) => {
      const store = walletStore(database)
      return chains.map(({ chainId }) => [chainId, store.tokens(chainId)] as const)
    })
    return new Map(read)
  } catch {
    // What is wrong with the database is said by the look at the machine.
    return new Map()
  }
}

/** What is doubtful about the tokens of a chain's wallets. What cannot be read is passed over. */
export async function walletTokenFindings(
  chain: ChainSettings,
  place: string,
  pool: ChainPool,
  kept: readonly Token[] = [],
): Promise<Finding[]> {
  const directory = createDirectory([chain])
  const pools = new Map([[chain.chainId, pool]])
  const store = {
    token: (_: string, denom: string) => kept.find((one) => one.denom === denom) ?? null,
    tokens: () => [...kept],
    saveToken: () => {},
  }
  const tokens = createTokens({ directory, pools, store, registryAssets })
  // Hundreds of wallets have few denoms.
  const find = once((denom: string | undefined) => tokens.find(chain, denom))
  const supply = once((denom: string) => readSupply(pool, denom))
  const contradiction = async (denom: string, decimals?: number) =>
    decimals === undefined ? null : tokens.contradiction(chain.chainId, denom, decimals)
  const looked = chain.wallets.map(async (wallet, at) => {
    const path = `${place}.wallets[${at}]`
    const decoded = decodeAddress(wallet.address)
    // Said already, without asking the chain.
    if (!decoded.ok) return []
    try {
      const found = await find(wallet.denom)
      const held = found.length > 1 ? await heldOf(pool, decoded.canonical, found) : found
      if (held.length !== 1 && found.length > 1) return severalFinding(path, found, held)
      const token = held[0] ?? (wallet.denom === undefined ? null : unknownToken(wallet.denom))
      if (token === null) return []
      const { denom } = token
      const known = [chain.token?.isGuess ? null : chain.token?.denom, ...written(chain)].includes(denom)
      const isAbsent = (await supply(denom)) === 0n
      return [
        ...(known ? [] : decimalsFindings(path, token)),
        ...contradictionFindings(path, await contradiction(denom, wallet.decimals)),
        ...(isAbsent ? await absentFindings(path, chain, decoded.canonical, token, pool) : []),
      ]
    } catch (error) {
      if (error instanceof Refusal || isUpstream(error)) return []
      throw error
    }
  })
  return (await Promise.all(looked)).flat()
}

/** Asks for each key once. */
function once<Key, Answer>(ask: (key: Key) => Promise<Answer>): (key: Key) => Promise<Answer> {
  const asked = new Map<Key, Promise<Answer>>()
  return (key) => {
    const answer = asked.get(key) ?? ask(key)
    asked.set(key, answer)
    return answer
  }
}

/** The denoms whose decimals stand in the configuration. */
const written = ({ wallets }: ChainSettings) =>
  wallets.flatMap(({ denom, decimals }) => (denom === undefined || decimals === undefined ? [] : denom))

function severalFinding(path: string, found: readonly Token[], held: readonly Token[]): Finding[] {
  const holds = held.length === 0 ? 'none' : `${held.length}`
  const text = `${severalText(found, (denom) => denom)}, and the wallet holds ${holds} of them; one that was watched before stays it`
  return [warning(`${path}.denom`, text, `Write the denom of the one that is meant into ${path}.denom.`)]
}

function decimalsFindings(path: string, { denom, symbol, decimals, isGuess }: Token): Finding[] {
  if (decimals > 0 && !isGuess) return []
  const text =
    decimals === 0
      ? `the threshold is ${COUNTED} of ${denom}: nobody says how many decimals it has, or nobody did when it was first read`
      : `${denom} is taken to have ${decimals} decimals (${symbol}), which its own metadata does not say clearly; one that was ${COUNTED} before is still`
  const mend = `Write \`decimals\` beside \`denom\` in ${path}, so that its threshold means what you mean.`
  return [warning(`${path}.threshold`, text, mend)]
}

function contradictionFindings(path: string, contradiction: string | null): Finding[] {
  if (contradiction === null) return []
  const mend = `Correct \`decimals\` in ${path}, and its threshold with it, where that is not meant: what is written counts.`
  return [warning(`${path}.decimals`, contradiction, mend)]
}

async function absentFindings(
  path: string,
  { name }: ChainSettings,
  address: string,
  { denom }: Token,
  pool: ChainPool,
): Promise<Finding[]> {
  const { held } = await readHoldings(pool, address, [denom])
  const { base, lockedBase = 0n } = held.get(denom)!
  if (base + lockedBase > 0n) return []
  const text = `${name} has no ${denom}: its supply there is 0, so the wallet is always low`
  return [wrong(`${path}.denom`, text, `Correct the denom in ${path}, or the chain that it stands under.`)]
}
