// Which token somebody means: a symbol, a base denom or an ibc/… denom, looked up wherever its decimals are known.
import type { Directory } from '../chains/directory.ts'
import type { ListedAsset } from '../chains/registry.ts'
import type { ChainSettings } from '../chains/settings.ts'
import { DENOM, readBaseDenom, readDenomMetadata, readNativeDenom } from '../cosmos/denom.ts'
import type { ChainPool } from '../cosmos/types.ts'
import { decodeAddress } from '../kernel/address.ts'
import { Refusal } from '../kernel/errors.ts'
import { code } from '../words/text.ts'
import type { WalletStore } from './store.ts'
import type { Token } from './types.ts'

export interface Tokens {
  /** How a denom is shown: the chain's own token, one that was looked up before, or the denom itself. */
  of(chainId: string, denom: string): Token
  /**
   * The token that somebody typed for a chain; left out, the chain's own. Null when nobody knows it. What was found
   * is kept.
   * @throws {UpstreamError} when the chain would have to be asked and cannot be
   * @throws {Refusal} for a token that a contract keeps
   */
  find(chain: ChainSettings, typed: string | undefined): Promise<Token | null>
  /**
   * Looks up how the denom of a registration is shown, which may have been its chain's own token once. Why it cannot
   * be watched; null where it can.
   */
  learn(chainId: string, denom: string): Promise<string | null>
}

export function createTokens(deps: {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: Pick<WalletStore, 'token' | 'tokens' | 'saveToken'>
  registryAsset: (chainId: string, typed: string) => Promise<ListedAsset | null>
}): Tokens {
  const { directory, pools, store } = deps

  const sameSymbol = (typed: string) => (token: Token) => token.symbol.toLowerCase() === typed.toLowerCase()

  const learnt = new Map<string, Promise<string | null>>()

  const asked = async (chain: ChainSettings, denom: string): Promise<Token | null> => {
    const pool = pools.get(chain.chainId)
    if (!pool || !DENOM.test(denom)) return null
    const metadata = await readDenomMetadata(pool, denom)
    if (metadata) return metadata
    const base = denom.startsWith('ibc/') ? await readBaseDenom(pool, denom) : null
    const home = base === null ? undefined : directory.all().find(({ token }) => token?.denom === base)
    return home?.token ? { ...home.token, denom } : null
  }

  /** The token of a chain of which no token is written down: what it mints or bonds, where its metadata is clear. */
  const native = async (chain: ChainSettings): Promise<Token | null> => {
    const pool = pools.get(chain.chainId)
    const denom = pool ? await readNativeDenom(pool) : null
    const kept = denom === null ? null : store.token(chain.chainId, denom)
    const found = kept ?? (denom === null ? null : await asked(chain, denom))
    if (found) store.saveToken(chain.chainId, found)
    return found
  }

  return {
    of(chainId, denom) {
      const own = directory.get(chainId)?.token
      if (own?.denom === denom) return own
      return store.token(chainId, denom) ?? unknownToken(denom)
    },
    async find(chain, typed) {
      const own = chain.token
      if (typed === undefined && !own) return native(chain)
      const word = normalDenom(typed ?? own!.denom)
      const isOwn = own !== null && (own.denom === word || sameSymbol(word)(own))
      const listed = await deps.registryAsset(chain.chainId, isOwn ? own.denom : word)
      const problem = contractProblem(isOwn ? own.denom : word, listed)
      if (problem !== null) throw new Refusal(`That cannot be watched: ${problem}.`)
      if (isOwn) return own
      const kept = store.token(chain.chainId, word)
      if (kept) return kept
      // The registry comes before symbols that were met here: anybody can make a token that calls itself ATOM.
      const found = listed ?? store.tokens(chain.chainId).find(sameSymbol(word)) ?? (await asked(chain, word))
      if (found) store.saveToken(chain.chainId, found)
      return found
    },
    learn(chainId, denom) {
      const key = `${chainId}/${denom}`
      const looked = async () => {
        const found = await deps.registryAsset(chainId, denom)
        // What is kept is a denom, whichever token has it for a symbol.
        const listed = found?.denom === denom ? found : null
        const problem = contractProblem(denom, listed)
        const isNew = directory.get(chainId)?.token?.denom !== denom && store.token(chainId, denom) === null
        if (problem === null && listed && isNew) store.saveToken(chainId, listed)
        return problem
      }
      const known = learnt.get(key) ?? looked()
      learnt.set(key, known)
      return known
    },
  }
}

/** The bank says 0 of a token that a contract keeps, whoever holds how much of it. Null where the bank has it. */
export function contractProblem(denom: string, listed: ListedAsset | null): string | null {
  const isAddress = decodeAddress(denom).ok || /^0x[\da-f]{40}$/i.test(denom)
  const standard =
    listed?.contract ??
    /^((?:cw|snip)\d+):/i.exec(denom)?.[1]?.toLowerCase() ??
    (isAddress ? 'this is its address' : undefined)
  if (standard === undefined) return null
  const name = code(listed?.symbol ?? denom, 130)
  return `${name} is kept by a contract (${standard}), and the bank, which is asked here, does not know its balances`
}

/** A denom whose decimals nobody knows: it is counted in base units. */
export const unknownToken = (denom: string): Token => ({ denom, symbol: denom, decimals: 0 })

/** The hash of an `ibc/…` denom is in upper case. */
export function normalDenom(typed: string): string {
  const text = typed.trim()
  return /^ibc\/[0-9a-f]{64}$/i.test(text) ? `ibc/${text.slice(4).toUpperCase()}` : text
}
