// The wallets of the configuration: which token each means, with how many decimals, and what cannot be understood.
import type { Directory } from '../chains/directory.ts'
import type { ChainSettings } from '../chains/settings.ts'
import type { ChainPool } from '../cosmos/types.ts'
import { decodeAddress } from '../kernel/address.ts'
import { parseAmount } from '../kernel/amount.ts'
import { messageOf, Refusal, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { plain } from '../words/text.ts'
import type { WalletStore } from './store.ts'
import { COUNTED, heldOf, severalText, type Tokens, unknownToken } from './tokens.ts'
import type { Token, Watched } from './types.ts'

export interface ConfiguredDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: Pick<WalletStore, 'token' | 'balance'>
  tokens: Tokens
  logger: Logger
}

/** One wallet. */
export type WalletKey = Pick<Watched, 'chainId' | 'address'>

/** A wallet that cannot be watched as it is written or registered, and why. `userId` null: of the configuration. */
export interface Misunderstood extends WalletKey {
  userId: string | null
  problem: string
}

type WrittenWallet = ChainSettings['wallets'][number]

const WRITE = 'where that is not meant, write its `decimals` beside its `denom`'

export function createConfigured(deps: ConfiguredDeps) {
  const { directory, logger } = deps
  /** By where they stand in the configuration. */
  const understood = new Map<string, Watched | Misunderstood>()
  const pending = new Map<string, Misunderstood>()
  return {
    /** Those that are understood. Those whose token the chain cannot be asked for now are tried again at the next call. */
    async watched(): Promise<Watched[]> {
      for (const chain of directory.all()) {
        for (const [index, wallet] of chain.wallets.entries()) {
          const place = `${chain.chainId} ${index}`
          if (understood.has(place)) continue
          try {
            const watched = await understand(chain, wallet, deps)
            if ('problem' in watched)
              logger.error({ ...watched }, 'a wallet of the configuration is not understood')
            understood.set(place, watched)
            pending.delete(place)
          } catch (error) {
            if (!(error instanceof UpstreamError)) throw error
            const problem = `its token is asked for again at each check (${plain(messageOf(error), 120)}); ${WRITE}`
            pending.set(place, { ...keyOf(chain, wallet), userId: null, problem })
            logger.warn(
              { chainId: chain.chainId, problem: messageOf(error) },
              'the token of a configured wallet is not known yet: tried again at the next check',
            )
          }
        }
      }
      return [...understood.values()].filter((one) => 'denom' in one)
    },
    /** Those that are not, for good or until then. */
    misunderstood: (): Misunderstood[] => [
      ...[...understood.values()].filter((one) => 'problem' in one),
      ...pending.values(),
    ],
    /** Every wallet of the configuration has been understood, or never will be. */
    isKnown: () =>
      directory
        .all()
        .every(({ chainId, wallets }) => wallets.every((_, at) => understood.has(`${chainId} ${at}`))),
  }
}

function keyOf({ chainId }: ChainSettings, wallet: WrittenWallet): WalletKey {
  const decoded = decodeAddress(wallet.address)
  return { chainId, address: decoded.ok ? decoded.canonical : wallet.address.trim().toLowerCase() }
}

/**
 * A wallet of the configuration. What is no address is watched all the same: the chain says that it is none, and that
 * is told.
 */
async function understand(
  chain: ChainSettings,
  wallet: WrittenWallet,
  deps: ConfiguredDeps,
): Promise<Watched | Misunderstood> {
  const { chainId, address } = keyOf(chain, wallet)
  const not = (problem: string): Misunderstood => ({ chainId, address, userId: null, problem })
  let token: Token | string
  try {
    token = await tokenOf(chain, wallet, address, deps)
  } catch (error) {
    if (error instanceof Refusal) return not(error.message)
    throw error
  }
  if (typeof token === 'string') return not(token)
  const thresholdBase = parseAmount(wallet.threshold, token.decimals)
  if (thresholdBase === null)
    return not(`its threshold ${wallet.threshold} is no amount with ${token.decimals} decimals`)
  const mention = wallet.mention ?? chain.alerts.mention
  return { chainId, address, denom: token.denom, thresholdBase, userId: null, mention }
}

/** The token that a wallet is watched for, or why that is not known. */
async function tokenOf(
  chain: ChainSettings,
  wallet: WrittenWallet,
  address: string,
  { pools, store, tokens, logger }: ConfiguredDeps,
): Promise<Token | string> {
  const { chainId } = chain
  const said = chain.wallets.find((one) => one.denom === wallet.denom && one.decimals !== undefined)?.decimals
  const found = await tokens.find(chain, wallet.denom).catch((error): Token[] => {
    // All that the chain could add is written.
    if (said === undefined || !(error instanceof UpstreamError)) throw error
    return []
  })
  let [token] = found
  if (found.length > 1) {
    // Once it is watched it stays the same one: an empty wallet holds none of them.
    const before = found.filter(({ denom }) => store.balance(chainId, address, denom) !== null)
    const pool = before.length > 0 ? undefined : pools.get(chainId)
    const held = pool ? await heldOf(pool, address, found) : []
    token = before[0] ?? (held.length === 1 ? held[0] : undefined)
    if (!token) return `${severalText(found)}; write the \`denom\` of the one that is meant`
  }
  if (!token) {
    if (wallet.denom === undefined)
      return 'the token of its chain is not known: write `token`, or its `denom`'
    token = unknownToken(wallet.denom)
  }
  const { denom } = token
  if (chain.token?.denom === denom && !chain.token.isGuess) return token
  // How it was counted before: a threshold keeps its meaning when more is known of its token.
  const isRead = (one: WrittenWallet) => store.balance(chainId, keyOf(chain, one).address, denom) !== null
  // One denom is counted in one way: in that of the wallet that was there before.
  const wasRead = token.isGuess && chain.wallets.some(isRead)
  const before = store.token(chainId, denom) ?? (wasRead ? unknownToken(denom) : null)
  const { decimals: counted, symbol } = before ?? token
  const decimals = said ?? counted
  const contradiction = said === undefined ? null : await tokens.contradiction(chainId, denom, said)
  if (contradiction !== null)
    logger.warn(
      { chainId, address, denom },
      `a wallet of the configuration is counted as written: ${contradiction}`,
    )
  if (said === undefined && (counted === 0 || counted !== token.decimals)) {
    const how = counted === 0 ? COUNTED : `counted with ${counted} decimals, as before`
    const known = counted === token.decimals ? {} : { known: token.decimals }
    logger.warn({ chainId, address, denom, ...known }, `a wallet of the configuration is ${how}: ${WRITE}`)
  }
  const kept = { denom, symbol: decimals === token.decimals ? token.symbol : symbol, decimals }
  tokens.keep(chainId, kept)
  return kept
}
