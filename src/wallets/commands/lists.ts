// `wallets`, `my_wallets` and `wallet`: what is watched, what it holds, how long that lasts.
import { type Call, type Command, pageOf, type Reply } from '../../discord/command.ts'
import { Refusal } from '../../kernel/errors.ts'
import { count } from '../../words/numbers.ts'
import { code, label, someLines } from '../../words/text.ts'
import { ago } from '../../words/time.ts'
import type { WalletReading, Watched } from '../types.ts'
import { walletKey } from '../watch.ts'
import { amountText, causeText, heldText, runwayText } from '../words.ts'
import type { WalletCommandDeps } from './deps.ts'
import { addressOrRefuse, chainArg, matching, typedAs, walletArg } from './find.ts'

/** One balance with all who watch it. */
interface Line extends Pick<Watched, 'chainId' | 'address' | 'denom'> {
  watchers: Watched[]
}

const PAGE = 8

/** Makes the command `wallets`. */
export function walletsCommand(deps: WalletCommandDeps): Command<object> {
  return {
    name: 'wallets',
    summary: 'All watched wallets: balance, threshold, runway, who is told',
    example: 'wallets',
    access: 'everyone',
    args: [],
    run: async (_args, call) => {
      const lines = linesOf(deps, await deps.watch.watched())
      const broken = deps.watch.misunderstood()
      const unwatched = deps.directory.unwatched().filter(({ settings }) => settings.wallets.length > 0)
      if (lines.length === 0 && broken.length === 0 && unwatched.length === 0)
        return { text: `No wallet is watched yet: \`${call.show('register <wallet> <chain> <threshold>')}\`` }
      const low = lines.filter((line) => isLow(deps, line)).length
      const title = [`**${count(lines.length, 'balance')}** watched, ${low} low`]
      for (const { chainId, address, userId, problem } of broken.slice(0, 5)) {
        const whose = userId === null ? 'in the configuration' : `of <@${userId}>`
        title.push(
          `🔴 Not watched: ${code(address, 100)} on ${deps.directory.label(chainId)} ${whose}: ${problem}`,
        )
      }
      for (const { chainId, place, settings } of unwatched.slice(0, 5)) {
        const what = `${count(settings.wallets.length, 'wallet')} of ${code(chainId, 64)} (${place})`
        title.push(`🔴 Not watched, as their chain is not: ${what}: \`${call.show('status')}\``)
      }
      return list(deps, lines, call, title.join('\n'))
    },
  }
}

/** Makes the command `my_wallets`. */
export function myWalletsCommand(deps: WalletCommandDeps): Command<object> {
  return {
    name: 'my_wallets',
    summary: 'The wallets that you registered, read now',
    example: 'my_wallets',
    access: 'everyone',
    args: [],
    run: async (_args, call) => {
      const own = (await deps.watch.watched()).filter(({ userId }) => userId === call.caller.userId)
      const lines = linesOf(deps, own)
      if (lines.length === 0)
        return {
          text: `You have not registered a wallet yet: \`${call.show('register <wallet> <chain> <threshold>')}\``,
        }
      const readings = await deps.watch.readNow(pageOf(lines, PAGE, call).shown)
      return list(deps, lines, call, `**Your ${count(lines.length, 'balance')}**, read now`, readings)
    },
  }
}

/** Makes the command `wallet`. */
export function walletCommand(deps: WalletCommandDeps): Command<{ address: string; chain?: string }> {
  return {
    name: 'wallet',
    summary: 'One watched wallet, read now, and how long its balance lasts',
    example: 'wallet cosmos1…',
    access: 'everyone',
    args: [
      walletArg('address', deps),
      chainArg('Chain id or name; needed where it is watched on several', deps),
    ],
    run: (args, call) => wallet(deps, args, call),
  }
}

async function wallet(
  deps: WalletCommandDeps,
  args: { address: string; chain?: string },
  call: Call,
): Promise<Reply> {
  const all = await deps.watch.watched()
  const found = matching(all, { wallet: args.address, chain: args.chain }, deps)
  const chainIds = [...new Set(found.map(({ chainId }) => chainId))]
  const { canonical } = addressOrRefuse(args.address)
  if (found.length === 0) {
    const where = args.chain === undefined ? '' : ' there'
    throw new Refusal(
      `Nobody watches ${code(canonical, 100)}${where}. To be told when it is low: \`${call.show(`register ${canonical} <chain> <threshold>`)}\``,
    )
  }
  if (chainIds.length > 1) {
    const lines = chainIds.map(
      (id) => `\`${call.show(`wallet ${canonical} ${typedAs(id)}`)}\` ${deps.directory.label(id)}`,
    )
    throw new Refusal(
      [`${code(canonical, 100)} is watched on ${chainIds.length} chains. Say which one:`, ...lines].join(
        '\n',
      ),
    )
  }
  const lines = linesOf(deps, found)
  const readings = await deps.watch.readNow(lines)
  return list(deps, lines, call, `Wallet on **${deps.directory.label(chainIds[0]!)}**, read now`, readings)
}

/** What is low comes first, then what cannot be read; then by chain and address. */
function linesOf(deps: WalletCommandDeps, all: readonly Watched[]): Line[] {
  const lines = new Map<string, Line>()
  for (const one of all) {
    const { chainId, address, denom } = one
    const key = JSON.stringify([chainId, address, denom])
    const line = lines.get(key) ?? { chainId, address, denom, watchers: [] }
    line.watchers.push(one)
    lines.set(key, line)
  }
  const unseen = ({ chainId, address }: Line) => deps.store.unseen(chainId, address) !== null
  const order = (line: Line) => (isLow(deps, line) ? 0 : unseen(line) ? 1 : 2)
  return [...lines.values()]
    .map((line) => ({ line, order: order(line), key: `${line.chainId}/${line.address}/${line.denom}` }))
    .sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1))
    .map(({ line }) => line)
}

/** Whether somebody's threshold is above the balance as it was last read. */
function isLow({ store }: WalletCommandDeps, { chainId, address, denom, watchers }: Line): boolean {
  const balance = store.balance(chainId, address, denom)
  return balance !== null && watchers.some(({ thresholdBase }) => balance.base < thresholdBase)
}

function list(
  deps: WalletCommandDeps,
  lines: readonly Line[],
  call: Call,
  title: string,
  readings?: ReadonlyMap<string, WalletReading>,
): Reply {
  const { shown, page } = pageOf(lines, PAGE, call)
  const texts = shown.map((line) => lineText(deps, line, readings?.get(walletKey(line)), call.nowMs))
  const embeds = texts.length > 0 ? [{ description: texts.join('\n') }] : []
  return { text: title, embeds, page }
}

/** The address, and below it what it holds, the thresholds, the runway, and how old the reading is. */
function lineText(
  deps: WalletCommandDeps,
  line: Line,
  reading: WalletReading | undefined,
  nowMs: number,
): string {
  const { store, tokens, settler, directory } = deps
  const { chainId, address, denom, watchers } = line
  const token = tokens.of(chainId, denom)
  const balance = store.balance(chainId, address, denom)
  const unseen = store.unseen(chainId, address)
  const runway = settler.runway(chainId, address, denom, nowMs)
  const thresholds = watchers.map(({ thresholdBase, userId, mention }) => {
    const who = userId === null ? `config ${mention.join(' ')}`.trim() : `<@${userId}>`
    return `below ${amountText(thresholdBase, token)}: ${who}`
  })
  const low = isLow(deps, line)
  const cause = reading && 'cause' in reading ? reading.cause : (unseen?.cause ?? null)
  const sign = cause !== null ? '⚫' : balance === null ? '⚪' : low ? '🟡' : '🟢'
  const known = directory.get(chainId) !== null
  const name = known
    ? directory.label(chainId)
    : `${label(chainId)} (${directory.isGone(chainId) ? 'not configured any more' : 'not watched now: see status'})`
  const parts = [
    cause === null ? '' : `cannot be read (${causeText(cause)})`,
    balance === null
      ? 'not read yet'
      : `**${heldText(balance, token)}**${low ? ' **low**' : ''}, ${ago(balance.readMs)}`,
    tokens.note(chainId, denom),
    ...(runway === null ? [] : [runwayText(runway, token)]),
    ...someLines(thresholds, 6),
  ]
  return `${sign} ${code(address, 100)} ${name}\n　${parts.filter(Boolean).join(' · ')}`
}
