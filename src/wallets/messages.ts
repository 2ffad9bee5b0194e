// Puts notices about wallets into words (pure): low balances, and wallets that cannot be read.
import { isAgain, isAlarm } from '../alerts/life.ts'
import { oneLiner } from '../alerts/outbox/commit.ts'
import type { Message, Notice } from '../alerts/types.ts'
import type { Embed } from '../discord/command.ts'
import { formatDuration, formatUtc } from '../kernel/duration.ts'
import { COLOUR, SIGN } from '../words/levels.ts'
import { CHAIN_LABEL_MAX, code, label } from '../words/text.ts'
import { ago } from '../words/time.ts'
import type { Runway } from './runway.ts'
import type { Unseen } from './store.ts'
import { type Balance, lowIdentity, type Token, unseenWalletIdentity, type Watched } from './types.ts'
import { amountText, causeText, heldText, runwayText, shortAddress } from './words.ts'

export interface LowContext {
  /** Its label, of this chain alone. */
  chainName: string
  token: Token
  /** What is to be said beside its amounts: its denom, or that it is counted in base units. */
  note?: string
  balance: Balance | null
  runway: Runway | null
  nowMs: number
}

/** "🟡 LOW: wallet cosmos1…abcd on Cosmos Hub has 1.5 ATOM, below 2 ATOM" */
export function lowMessage(watched: Watched, notice: Notice, context: LowContext): Message {
  const alarm = isAlarm(notice)
  return {
    ...oneLiner(lowIdentity(watched), notice, (alarm ? lowLine : overLine)(watched, notice, context)),
    group: label(context.chainName, CHAIN_LABEL_MAX),
    embed: alarm ? lowEmbed(watched, context) : null,
    mention: notice.mention ? watched.mention : [],
    subject: shortAddress(watched.address),
  }
}

const walletOn = (address: string, chainName: string) =>
  `wallet ${shortAddress(address)} on ${label(chainName, CHAIN_LABEL_MAX)}`

const overSign = ({ kind }: Notice) => (kind === 'withdrawn' ? '⚪ withdrawn' : `${SIGN.ok} over`)

function lowLine(watched: Watched, notice: Notice, { chainName, token, balance }: LowContext): string {
  const still = isAgain(notice) ? 'still ' : ''
  const had = notice.basis === 'memory' ? 'had, when I could last read it,' : 'has'
  const has = balance === null ? 'little' : heldText(balance, token)
  return `${SIGN.low} ${still}LOW: ${walletOn(watched.address, chainName)} ${had} ${has}, below ${amountText(watched.thresholdBase, token)}`
}

function overLine(
  watched: Watched,
  notice: Notice,
  { chainName, token, balance, nowMs }: LowContext,
): string {
  const what =
    notice.kind === 'withdrawn'
      ? 'is not watched any more'
      : balance === null
        ? 'is well again'
        : `has ${heldText(balance, token)}`
  return `${overSign(notice)}: ${walletOn(watched.address, chainName)} ${what} (was low since ${formatUtc(notice.raisedMs, nowMs)})`
}

function lowEmbed(watched: Watched, { token, note, balance, runway }: LowContext): Embed {
  const holds = balance === null ? '' : `Holds ${heldText(balance, token)}, read ${ago(balance.readMs)}`
  const spends = runway === null ? '' : runwayText(runway, token)
  return {
    description: [
      code(watched.address, 120),
      [holds, `threshold ${amountText(watched.thresholdBase, token)}`, note, spends]
        .filter(Boolean)
        .join(' · '),
      'When it is empty, nothing is relayed with it any more: send tokens to this address.',
    ].join('\n'),
    color: COLOUR.low,
  }
}

export interface UnseenContext {
  /** Its label, of this chain alone. */
  chainName: string
  /** Null in the line that it can be read again. */
  unseen: Unseen | null
  /** What it held when it was last read; null where it never was. */
  last: { token: Token; note?: string; balance: Balance } | null
  nowMs: number
}

/** "⚫ BLIND 14 min: wallet cosmos1…abcd on Cosmos Hub cannot be read (time-out)" */
export function unseenMessage(
  chainId: string,
  address: string,
  notice: Notice,
  { chainName, unseen, last, nowMs }: UnseenContext,
): Message {
  const alarm = isAlarm(notice)
  const sinceMs = unseen?.sinceMs ?? notice.raisedMs
  const wallet = walletOn(address, chainName)
  const held =
    last === null
      ? 'It was never read.'
      : `Last known: ${[heldText(last.balance, last.token), last.note, ago(last.balance.readMs)].filter(Boolean).join(', ')}.`
  const still = isAgain(notice) ? 'still ' : ''
  const over = notice.kind === 'withdrawn' ? 'is not watched any more' : 'can be read again'
  const headline = alarm
    ? `${SIGN.blind} ${still}BLIND ${formatDuration(nowMs - sinceMs)}: ${wallet} cannot be read (${causeText(unseen?.cause ?? '')})`
    : `${overSign(notice)}: ${wallet} ${over} (was blind since ${formatUtc(notice.raisedMs, nowMs)})`
  return {
    ...oneLiner(unseenWalletIdentity(chainId, address), notice, headline),
    group: label(chainName, CHAIN_LABEL_MAX),
    embed: alarm
      ? {
          description: `${code(address, 120)}\n${held} Whether it is low now is not known.`,
          color: COLOUR.blind,
        }
      : null,
    subject: shortAddress(address),
  }
}
