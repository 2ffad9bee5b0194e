// Which token somebody means: a symbol, a base denom or an ibc/… denom, looked up wherever its decimals are known.
import type { Directory } from '../chains/directory.ts'
import type { ListedAsset } from '../chains/registry.ts'
import type { ChainSettings } from '../chains/settings.ts'
import { readHoldings } from '../cosmos/bank.ts'
import { DENOM, normalDenom, readBaseDenom, readDenomMetadata, readNativeDenom } from '../cosmos/denom.ts'
import { type ChainPool, isUpstream } from '../cosmos/types.ts'
import { decodeAddress } from '../kernel/address.ts'
import { Refusal, when } from '../kernel/errors.ts'
import { code } from '../words/text.ts'
import type { WalletStore } from './store.ts'
import type { Token } from './types.ts'
import { symbolText } from './words.ts'

export type Tokens = ReturnType<typeof createTokens>

export interface TokensDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: Pick<WalletStore, 'token' | 'tokens' | 'saveToken'>
  registryAssets: (chainId: string, typed: string) => Promise<ListedAsset[]>
}

const sameSymbol = (typed: string) => (token: Token) => token.symbol.toLowerCase() === typed.toLowerCase()

/** What the chain says of a denom; for one that came over IBC else what is known of it at home. */
async function asked(
  { directory, pools }: TokensDeps,
  chainId: string,
  denom: string,
): Promise<Token | null> {
  const pool = pools.get(chainId)
  if (!pool || !DENOM.test(denom)) return null
  const metadata = await readDenomMetadata(pool, denom)
  if (metadata && metadata.decimals > 0) return metadata
  const base = denom.startsWith('ibc/') ? await readBaseDenom(pool, denom) : null
  const homes = directory.all().flatMap(({ token }) => (token !== null && token.denom === base ? token : []))
  // Two chains may call what is not the same by one name, such as `stake`.
  const isOne = homes.every(({ decimals }) => decimals === homes[0]!.decimals)
  return homes[0] && isOne ? { ...homes[0], denom } : metadata
}

export function createTokens(deps: TokensDeps) {
  const { directory, pools, store, registryAssets } = deps
  const learnt = new Map<string, Promise<string | null>>()
  const ownOf = (chainId: string) => directory.get(chainId)?.token ?? null

  /** How a denom is shown: the chain's own token, one that was looked up before, or the denom itself. */
  const of = (chainId: string, denom: string): Token => {
    const own = ownOf(chainId)
    if (own?.denom === denom && !own.isGuess) return own
    return store.token(chainId, denom) ?? (own?.denom === denom ? own : unknownToken(denom))
  }

  /** Where nothing was known of a token, the configuration counts in base units until its `decimals` are written. */
  const isCountedThere = (chain: ChainSettings, token: Token) =>
    chain.wallets.some(
      ({ denom }) => denom !== undefined && (normalDenom(denom) === token.denom || sameSymbol(denom)(token)),
    )

  /** The better one of what is listed and what the chain says, where the list does not say how many decimals. */
  const shown = async (chainId: string, denom: string, listed: Token | undefined): Promise<Token | null> =>
    listed && listed.decimals > 0 ? listed : ((await asked(deps, chainId, denom)) ?? listed ?? null)

  /** The token of a chain of which no token is written down: what it mints or bonds, where its metadata is clear. */
  const native = async ({ chainId }: ChainSettings): Promise<Token[]> => {
    const pool = pools.get(chainId)
    const denom = pool ? await readNativeDenom(pool) : null
    const found =
      denom === null ? null : (store.token(chainId, denom) ?? (await shown(chainId, denom, undefined)))
    return found ? [found] : []
  }

  return {
    of,
    /**
     * What is to be said beside an amount of a token: the denom, where it is not the chain's own, and that it is counted
     * in base units, where nobody knows more. Empty where nothing is.
     */
    note(chainId: string, denom: string): string {
      const token = of(chainId, denom)
      const own = ownOf(chainId)
      const isOwn = own?.denom === denom && own.decimals === token.decimals
      if (isOwn) return ''
      const named = symbolText(token.symbol).includes(denom) ? '' : `denom ${code(denom, 130)}`
      return [named, token.decimals === 0 ? COUNTED : ''].filter(Boolean).join(', ')
    },
    /**
     * The tokens that somebody may mean on a chain; left out, the chain's own. Several where a symbol stands for several;
     * empty where nobody knows it.
     * @throws {UpstreamError} when the chain would have to be asked and cannot be
     * @throws {Refusal} for a token that a contract keeps
     */
    async find(chain: ChainSettings, typed: string | undefined): Promise<Token[]> {
      const { chainId, token: own } = chain
      if (typed === undefined && !own) return native(chain)
      const word = normalDenom(typed ?? own!.denom)
      const isOwn = own !== null && (own.denom === word || sameSymbol(word)(own))
      const [listed, ...others] = await registryAssets(chainId, isOwn ? own.denom : word)
      const problem = contractProblem(isOwn ? own.denom : word, listed ?? null)
      if (problem !== null) throw new Refusal(`That cannot be watched: ${problem}.`)
      if (isOwn) return [of(chainId, own.denom)]
      const kept = store.token(chainId, word)
      if (kept && (kept.decimals > 0 || isCountedThere(chain, kept))) return [kept]
      // The registry comes before symbols that were met here: anybody can make a token that calls itself ATOM.
      if (listed && others.length > 0) return [listed, ...others]
      const met = listed || kept ? [] : store.tokens(chainId).filter(sameSymbol(word))
      if (met.length > 0) return met
      const found = await shown(chainId, listed?.denom ?? word, listed ?? kept ?? undefined)
      return found ? [found] : []
    },
    /**
     * What is wrong with the decimals that are written for a denom, by the registry or the chain; null where nothing is,
     * nobody can be asked, or base units are meant (0).
     */
    async contradiction(chainId: string, denom: string, written: number): Promise<string | null> {
      if (written === 0) return null
      const listed = (await registryAssets(chainId, denom)).find((one) => one.denom === denom)
      const said = await shown(chainId, denom, listed).catch(when(isUpstream, null))
      if (!said || said.isGuess || said.decimals === 0 || said.decimals === written) return null
      const who = said === listed ? 'the chain registry has' : 'its chain says'
      return `${written} decimals are written for ${denom}, and ${who} ${said.decimals} (${said.symbol})`
    },
    /** Keeps how a token is shown from now on. */
    keep: store.saveToken,
    /**
     * Looks up how the denom of a registration is shown, which may have been its chain's own token once. Why it cannot
     * be watched; null where it can.
     */
    learn(chainId: string, denom: string): Promise<string | null> {
      const key = `${chainId}/${denom}`
      const looked = async () => {
        const found = (await registryAssets(chainId, denom))[0]
        // What is kept is a denom, whichever token has it for a symbol.
        const listed = found?.denom === denom ? found : null
        const problem = contractProblem(denom, listed)
        const kept = store.token(chainId, denom)
        const chain = directory.get(chainId)
        const isOpen = kept === null || (kept.decimals === 0 && !(chain && isCountedThere(chain, kept)))
        if (problem === null && listed && isOpen && chain?.token?.denom !== denom)
          store.saveToken(chainId, listed)
        return problem
      }
      const known = learnt.get(key) ?? looked()
      learnt.set(key, known)
      return known
    },
  }
}

/** What is said where the decimals of a token are not known. */
export const COUNTED = 'counted in base units'

/**
 * Those of several tokens that a wallet holds.
 * @throws {UpstreamError}
 */
export async function heldOf(pool: ChainPool, address: string, tokens: readonly Token[]): Promise<Token[]> {
  const { held } = await readHoldings(
    pool,
    address,
    tokens.map(({ denom }) => denom),
  )
  return tokens.filter(({ denom }) => {
    const { base, lockedBase = 0n } = held.get(denom)!
    return base + lockedBase > 0n
  })
}

/** How many tokens of one symbol are named. */
const MOST_CHOICES = 6

/** "SOL stands for 2 tokens there: `ibc/1E43…` (8 decimals) or `factory/…` (9 decimals)"; `named`: a denom in a line. */
export function severalText(
  tokens: readonly Token[],
  named = (denom: string): string => code(denom, 130),
): string {
  const choices = tokens
    .slice(0, MOST_CHOICES)
    .map(({ denom, decimals }) => `${named(denom)} (${decimals} decimals)`)
  const more = tokens.length > MOST_CHOICES ? ` or ${tokens.length - MOST_CHOICES} more` : ''
  return `${symbolText(tokens[0]!.symbol)} stands for ${tokens.length} tokens there: ${choices.join(' or ')}${more}`
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
