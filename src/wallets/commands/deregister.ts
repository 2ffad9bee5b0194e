// `deregister`: lets a wallet go. Everybody their own; an admin anybody's.
import type { Call, Command, Reply } from '../../discord/command.ts'
import { Refusal } from '../../kernel/errors.ts'
import { code, someLines } from '../../words/text.ts'
import type { Registration } from '../types.ts'
import { watchedOf } from '../watch.ts'
import { amountText } from '../words.ts'
import type { WalletCommandDeps } from './deps.ts'
import { addressOrRefuse, chainArg, matching, typedAs, walletArg } from './find.ts'

interface Args {
  wallet: string
  chain?: string
  denom?: string
  user?: string
}

/** How many choices a refusal lists. */
const CHOICES = 12

/** Makes the command `deregister`. */
export function deregisterCommand(deps: WalletCommandDeps): Command<Args> {
  return {
    name: 'deregister',
    summary: 'Lets a wallet go that you registered',
    example: 'deregister cosmos1… cosmoshub',
    access: 'everyone',
    args: [
      walletArg('wallet', deps),
      chainArg('Chain id or name; needed where it is registered on several', deps),
      { name: 'denom', summary: 'Symbol or denom; needed where it is registered with several' },
      { name: 'user', summary: 'Whose registration (admins)', kind: 'user' },
    ],
    run: async (args, call) => deregister(deps, args, call),
  }
}

async function deregister(deps: WalletCommandDeps, args: Args, call: Call): Promise<Reply> {
  const { store, tokens, settler, directory, watch } = deps
  const found = matching(store.registrations(), args, deps)
  const { userId, isAdmin } = call.caller
  const own = found.filter((one) => one.userId === userId)
  const whose = args.user ?? (own.length > 0 ? userId : null)
  if (whose !== null && whose !== userId && !isAdmin)
    throw new Refusal(`Only <@${whose}> or an admin can let that go.`)
  const meant = whose === null ? found : found.filter((one) => one.userId === whose)
  const [one] = meant
  if (!one) throw new Refusal(await nothing(deps, args, call))
  if (!isAdmin && one.userId !== userId) {
    const owners = [...new Set(meant.map((other) => `<@${other.userId}>`))].slice(0, CHOICES).join(', ')
    throw new Refusal(
      `You have not registered that wallet. It is ${owners}'s; only they or an admin let it go.`,
    )
  }
  if (meant.length > 1) throw new Refusal(choices(deps, meant, call))
  const { chainId, address, denom } = one
  const rest = (await watch.watched()).filter(
    (other) =>
      other.chainId === chainId &&
      other.address === address &&
      !(other.userId === one.userId && other.denom === denom),
  )
  settler.withdraw(watchedOf(one), rest.length === 0, call.nowMs, () => store.removeRegistration(one))
  const who = one.userId === userId ? 'you' : `<@${one.userId}>`
  return {
    text: `Gone: I do not tell ${who} any more about ${code(address, 100)} on **${directory.label(chainId)}** (it was below ${[amountText(one.thresholdBase, tokens.of(chainId, denom)), tokens.note(chainId, denom)].filter(Boolean).join(', ')}).`,
  }
}

async function nothing(deps: WalletCommandDeps, args: Args, call: Call): Promise<string> {
  const { canonical } = addressOrRefuse(args.wallet)
  const configured = (await deps.watch.watched()).some(
    (one) => one.userId === null && one.address === canonical,
  )
  if (configured)
    return `${code(canonical, 100)} is in the configuration: it is taken out there, not from the channel.`
  const narrowed = args.chain !== undefined || args.denom !== undefined || args.user !== undefined
  return `There is no registration of ${code(canonical, 100)}${narrowed ? ' like that' : ''}. Yours: \`${call.show('my_wallets')}\``
}

function choices(deps: WalletCommandDeps, meant: readonly Registration[], call: Call): string {
  const several = new Set(meant.map(({ userId }) => userId)).size > 1
  const lines = meant.map(({ userId, chainId, address, denom, thresholdBase }) => {
    const token = deps.tokens.of(chainId, denom)
    const words = ['deregister', address, typedAs(chainId), typedAs(denom), ...(several ? [userId] : [])]
    const who = several ? `, <@${userId}>` : ''
    return `\`${call.show(words.join(' '))}\` ${deps.directory.label(chainId)}, below ${amountText(thresholdBase, token)}${who}`
  })
  return ['That wallet is registered more than once. Say which one:', ...someLines(lines, CHOICES)].join('\n')
}
