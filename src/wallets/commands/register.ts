// `register`: the caller is told when a wallet's balance falls below a threshold.
import type { ChainSettings } from '../../chains/settings.ts'
import { type Held, readHoldings, readSupply } from '../../cosmos/bank.ts'
import { DENOM, normalDenom } from '../../cosmos/denom.ts'
import { AnswerError } from '../../cosmos/types.ts'
import type { Call, Command, Reply } from '../../discord/command.ts'
import { formatAmount, parseAmount } from '../../kernel/amount.ts'
import { Refusal, UpstreamError } from '../../kernel/errors.ts'
import { code, plain } from '../../words/text.ts'
import { COUNTED, heldOf, severalText, unknownToken } from '../tokens.ts'
import type { Registration, Token } from '../types.ts'
import { watchedOf } from '../watch.ts'
import { amountText, heldText, symbolText } from '../words.ts'
import type { WalletCommandDeps } from './deps.ts'
import { addressOfChain, chainArg } from './find.ts'

interface Args {
  wallet: string
  chain: string
  threshold: string
  denom?: string
}

/** More registrations of one user are refused: every one of them is a request at each check. */
const MOST_REGISTRATIONS = 500

/** Makes the command `register`. */
export function registerCommand(deps: WalletCommandDeps): Command<Args> {
  return {
    name: 'register',
    summary: 'Tells you when a wallet holds less than a threshold',
    example: 'register cosmos1… cosmoshub 2.5',
    access: 'everyone',
    args: [
      { name: 'wallet', summary: 'Address of the wallet', required: true },
      { ...chainArg('Chain id or name', deps), required: true },
      { name: 'threshold', summary: 'Number of tokens, such as 2.5', required: true },
      { name: 'denom', summary: "Symbol or denom; left out: what the chain's fees are paid in" },
    ],
    run: (args, call) => register(deps, args, call),
  }
}

async function register(deps: WalletCommandDeps, args: Args, call: Call): Promise<Reply> {
  const { directory, store, settler, tokens } = deps
  const { chain, address } = addressOfChain(args.wallet, args.chain, directory)
  const { chainId } = chain
  const name = directory.label(chainId)
  const { userId } = call.caller
  const token = await asked(name, () => tokenOf(deps, chain, address, args.denom, userId))
  const balance = await asked(name, () => balanceOf(deps, chain, address, token))
  const { base, lockedBase = 0n } = balance
  const doubt = base + lockedBase > 0n ? '' : await supplyDoubt(deps, chain, token)
  const thresholdBase = thresholdOf(args.threshold, token)
  const before = store.registration(userId, chainId, address, token.denom)
  if (!before && store.countOf(userId) >= MOST_REGISTRATIONS) {
    throw new Refusal(
      `You watch ${MOST_REGISTRATIONS} wallets already. Let some go first: \`${call.show('my_wallets')}\``,
    )
  }
  const registration: Registration = {
    userId,
    chainId,
    address,
    denom: token.denom,
    thresholdBase,
    createdMs: call.nowMs,
  }
  // Others who watch the same wallet hear of this reading at the next check, which looks twice before it calls.
  settler.settle(
    chain,
    [watchedOf(registration)],
    [{ address, held: new Map([[token.denom, balance]]) }],
    call.nowMs,
    () => {
      if (token.known !== false) tokens.keep(chainId, token)
      store.saveRegistration(registration)
    },
  )
  const below = amountText(thresholdBase, token)
  const named = symbolText(token.symbol).includes(token.denom) ? '' : `, denom ${code(token.denom, 130)}`
  const was =
    before && before.thresholdBase !== thresholdBase
      ? ` (was ${amountText(before.thresholdBase, token)})`
      : ''
  const low = base < thresholdBase ? ' **That is below it already**, so the alert goes out now.' : ''
  const isOwn = chain.token?.denom === token.denom && chain.token.decimals === token.decimals
  const counted = token.decimals === 0 && !isOwn
  const units = counted
    ? `${token.known === false ? ' Its decimals are not known: it' : ' It'} is ${COUNTED}.`
    : ''
  return {
    text: `${low ? '🟡' : '🟢'} ${before ? 'Changed' : 'Registered'}: I tag you when ${code(address, 100)} on **${name}** ${lockedBase > 0n ? 'can spend' : 'holds'} less than **${below}**${was}${named}. It holds ${heldText(balance, token)} now.${low}${units}${doubt}`,
  }
}

type FoundToken = Token & { known?: false }

async function tokenOf(
  { tokens, directory, pools, store }: WalletCommandDeps,
  chain: ChainSettings,
  address: string,
  typed: string | undefined,
  userId: string,
): Promise<FoundToken> {
  const { chainId } = chain
  const found = await tokens.find(chain, typed)
  const [first] = found
  if (first && found.length === 1) return first
  if (first) {
    // A wallet that is empty by now is still the one that was registered.
    const own = found.filter(({ denom }) => store.registration(userId, chainId, address, denom) !== null)
    const held = own.length > 0 ? own : await heldOf(pools.get(chainId)!, address, found)
    if (held.length === 1) return held[0]!
    const which = held.length === 0 ? 'none of them' : `${held.length} of them`
    const has = own.length > 0 ? 'You watch' : 'The wallet holds'
    throw new Refusal(`${severalText(found)}. ${has} ${which}: give the denom of the one that you mean.`)
  }
  if (typed === undefined) {
    throw new Refusal(
      `The token of **${directory.label(chainId)}** is not known: give its denom as the last argument, such as \`uatom\`.`,
    )
  }
  const denom = normalDenom(typed)
  if (!DENOM.test(denom)) throw new Refusal(`${code(typed, 130)} is neither a symbol nor a denom.`)
  return { ...unknownToken(denom), known: false }
}

/** @throws {Refusal} for a denom that the chain does not have; what is to be said where that cannot be asked */
async function supplyDoubt(
  { pools, directory }: WalletCommandDeps,
  { chainId }: ChainSettings,
  { denom, known }: FoundToken,
): Promise<string> {
  const supply = await readSupply(pools.get(chainId)!, denom)
  if (supply === null)
    return ` 🟡 It holds none of it, and whether there is such a denom there could not be asked: check ${code(denom, 130)}.`
  if (supply > 0n) return ''
  const name = directory.label(chainId)
  throw new Refusal(
    known === false
      ? `Nobody knows a token ${code(denom, 130)} on **${name}**: its supply there is 0. Give its symbol, or the denom exactly as the chain writes it.`
      : `**${name}** has no ${code(denom, 130)} now: its supply there is 0, and the wallet holds none. Give another denom.`,
  )
}

function thresholdOf(typed: string, token: FoundToken): bigint {
  const base = parseAmount(typed, token.decimals)
  if (base === null) {
    const decimals =
      token.decimals === 0
        ? `${symbolText(token.symbol)} is ${COUNTED}: give a whole number of them.`
        : `${symbolText(token.symbol)} has ${token.decimals} decimals.`
    const many = /^\d+\.\d+$/.test(typed.trim())
      ? ` ${decimals}`
      : ' Write it with digits and at most one dot, such as `2.5` (no commas, no unit).'
    throw new Refusal(`${code(typed, 60)} is not a number of tokens.${many}`)
  }
  if (base === 0n)
    throw new Refusal(
      `A balance is never below 0: give a threshold of at least ${formatAmount(1n, token.decimals)}.`,
    )
  return base
}

async function balanceOf(
  { pools, directory }: WalletCommandDeps,
  chain: ChainSettings,
  address: string,
  token: Token,
): Promise<Held> {
  try {
    const { held, failure } = await readHoldings(pools.get(chain.chainId)!, address, [token.denom])
    if (failure) throw failure
    return held.get(token.denom)!
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error
    throw new Refusal(
      `**${directory.label(chain.chainId)}** does not take ${code(address, 100)} with ${code(token.denom, 130)}: ${plain(error.message, 200)}. Nothing was registered.`,
    )
  }
}

/** Runs a question to the chain; says that nothing was done when it cannot be asked. */
async function asked<T>(name: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    throw new Refusal(
      `**${name}** cannot be read just now (${plain(error.message, 200)}), so nothing was registered. Try again in a while.`,
    )
  }
}
