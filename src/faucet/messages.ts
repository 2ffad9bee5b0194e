// The faucet's words: every refusal and every outcome as the user reads it.

import { DAY_MS, formatDuration } from '../kernel/duration.ts'
import { code } from '../words/text.ts'
import type { AddressRule } from './address.ts'
import type { FaucetSettings } from './schema.ts'
import { type Cause, type Drip, FAILED, type Reason, UNTOLD } from './types.ts'

/** What is repeated of a text that others wrote. */
export const OTHERS_MAX = 200

/** A moment as each reader's own date and as a distance. Rounded up to the second: never a moment too early. */
export function moment(atMs: number): string {
  const seconds = Math.ceil(atMs / 1000)
  return `<t:${seconds}:f> (<t:${seconds}:R>)`
}

const relative = (atMs: number) => `<t:${Math.ceil(atMs / 1000)}:R>`

/** A span in words, rounded down: "40 seconds", "5 hours", "3 days". */
export const span = (ms: number): string =>
  formatDuration(Math.max(0, ms), { daysFromMs: 2 * DAY_MS, long: true })

const chainNames = (ids: readonly string[]) => ids.map((id) => `\`${id}\``).join(', ')

/** "lig1…": how the addresses of a faucet begin. */
const example = (rule: AddressRule) => `${rule.prefix}1…`
const paste = (rule: AddressRule) => `paste only the ${example(rule)} address`

/** The same bytes as this faucet would take them; whose they are, only who typed them knows. */
const formText = (form?: string) =>
  form === undefined ? '' : `: if the same bytes are yours there, give the bech32 form, ${code(form, 120)}`

type Texts<Of extends { code: string }> = {
  readonly [Code in Of['code']]: (reason: Extract<Of, { code: Code }>, nowMs: number) => string
}

const TEXTS: Texts<Reason> = {
  paused: ({ reason }) => `the faucet is paused by a moderator: ${code(reason, OTHERS_MAX)}`,
  banned: ({ kind, reason, untilMs }) => `${kind === 'user' ? 'you are' : 'this address is'} excluded from the faucet${untilMs === null ? '' : ` until ${moment(untilMs)}`}: ${code(reason, OTHERS_MAX)}`,
  'account-age': ({ ageMs, neededMs, againMs }) => `your account is ${span(ageMs)} old; it must be ${span(neededMs)}: try again on ${moment(againMs)}`,
  'member-age': ({ ageMs, neededMs, againMs }) => `you joined this server ${span(ageMs)} ago; it must be ${span(neededMs)}: try again on ${moment(againMs)}`,
  'no-join-date': () => 'Discord does not tell me when you joined this server; try again in a few minutes, and ask a moderator if it stays so',
  pending: () => "you have not passed this server's membership screening yet: accept the rules first",
  roles: ({ missing }) => `you need ${missing.map((id) => `<@&${id}>`).join(' and ')} first`,
  'user-open': () => 'a request of yours is being worked on right now: wait for its answer',
  'user-recent': ({ lastMs, againMs, unknown }, nowMs) => `${unknown ? `your request ${span(nowMs - lastMs)} ago may have been paid, and is still being checked` : `you had tokens ${span(nowMs - lastMs)} ago`}: again ${relative(againMs)}`,
  'address-open': () => 'tokens for this address are being sent right now: wait a minute',
  'address-recent': ({ lastMs, againMs }, nowMs) => `this address had tokens ${span(nowMs - lastMs)} ago: again ${relative(againMs)}`,
  'day-used-up': ({ againMs }) => `everything that the faucet gives in a day has been given out: again ${relative(againMs)}`,
  'kept-for-first-timers': ({ againMs }) => `what is left for today is kept for people who never had any: again ${relative(againMs)}`,
  twin: () => 'I am running twice by mistake, and together we would pay twice: nothing is paid until whoever runs me has ended one and restarted the other',
  elsewhere: ({ lastMs, againMs }, nowMs) => `another process of mine answered you ${span(nowMs - lastMs)} ago, and may have paid you: again ${relative(againMs)}`,
  'wrong-channel': ({ channels }) => `the faucet works only in ${channels.map((id) => `<#${id}>`).join(' or ')}`,
  'which-chain': ({ chains }) => `I cannot tell which faucet you mean: name the chain (${chainNames(chains)})`,
  'no-such-chain': ({ chains }) => `there is no faucet for that chain; there is one for ${chainNames(chains)}`,
  'address-empty': ({ rule }) => `there is no address: ${paste(rule)}`,
  'address-secret': ({ secret, rule }) => `⚠️ this looks like a ${secret === 'mnemonic' ? 'seed phrase (mnemonic)' : 'private key'}. Never share it with anybody, a faucet never needs it. I have not kept it, but if it is real, move your funds to a new wallet now. An address begins with ${example(rule)}`,
  'address-extra': ({ rule }) => paste(rule),
  'address-invisible': ({ rule }) => `there are invisible characters in what you pasted (such as right-to-left marks): copy the address again, and ${paste(rule)}`,
  'address-mention': ({ rule }) => `this is a mention; tokens go to an address: ${paste(rule)}`,
  'address-evm': ({ rule, form }) => `this is an EVM address (0x…); this faucet pays ${example(rule)} addresses${formText(form)}`,
  'address-too-long': ({ rule }) => `this is too long for an address: ${paste(rule)}`,
  'address-shape': ({ rule }) => `this is not an address: ${paste(rule)}`,
  'address-prefix': ({ rule, prefix, form }) => `this is a ${prefix}1 address${/val(oper|cons)/.test(prefix) ? " (a validator's, not an account)" : ''}; this faucet pays ${example(rule)} addresses${formText(form)}`,
  'address-mixed-case': () => 'this address mixes upper and lower case, so it has a typing error: copy it again',
  'address-checksum': () => 'this address has a typing error (its checksum does not match): copy it again',
  'address-encoding': ({ rule }) => `this address is not ${rule.encoding}, as ${example(rule)} addresses are: copy it from a wallet of this chain`,
  'address-length': ({ rule, bytes }) => `this address holds ${bytes} bytes; ${example(rule)} addresses of accounts hold ${rule.bytes.join(' or ')}`,
} // biome-ignore format: a table reads better in rows

/** One reason in words, without a full stop, as it stands after "because" or in a list. */
export const reasonText = (reason: Reason, nowMs: number): string =>
  (TEXTS[reason.code] as (reason: Reason, nowMs: number) => string)(reason, nowMs)

/** The whole refusal: one sentence for one reason, a list for several. */
export function refusalText(reasons: readonly Reason[], nowMs: number): string {
  const texts = reasons.map((reason) => reasonText(reason, nowMs))
  if (texts.length === 1) return `No tokens this time: ${texts[0]}.`
  return `No tokens this time, for ${texts.length} reasons:\n${texts.map((text) => `• ${text}`).join('\n')}`
}

/** What a user reads when nothing was sent because of the queue. */
export const QUEUE_TEXT = {
  full: 'Too many people are asking for tokens right now, and there is no room to wait. Nothing was sent and nothing is used up: try again in a few minutes.',
  'too-long':
    'It took too long until it was your turn. Nothing was sent and nothing is used up: try again in a few minutes.',
  stopped: 'I am being restarted. Nothing was sent and nothing is used up: try again in a minute.',
} as const

/** What the user is told of a drip. */
export type ToldDrip = Pick<
  Drip,
  'id' | 'address' | 'status' | 'cause' | 'detail' | 'txHash' | 'amount' | 'nextAtMs' | 'atMs'
>

/** The outcome of one drip as the user reads it: in the answer, in an edit of it, or in a direct message. */
export function outcomeText(
  drip: ToldDrip,
  settings: Pick<FaucetSettings, 'everyMs' | 'explorer' | 'amount'> & { canLookUp: boolean },
): string {
  const lines: string[] = []
  const transaction = transactionLine(drip.txHash, settings.explorer)
  if (drip.status === 'sent') {
    lines.push(`💧 Sent ${drip.amount ?? settings.amount ?? 'tokens'} to \`${drip.address}\`.`)
    lines.push(transaction ?? 'This faucet does not tell the transaction hash.')
    lines.push(nextLine(drip, settings.everyMs))
  } else if (drip.status === 'failed') {
    const why = FAILED[(drip.cause ?? 'ambiguous') as Cause] ?? FAILED.ambiguous
    lines.push(`No tokens were sent: ${why}.`)
    if (drip.detail && ['address', 'refused', 'limited'].includes(drip.cause ?? '')) {
      lines.push(`It says: ${code(drip.detail, OTHERS_MAX)}`)
    }
    if (transaction) lines.push(transaction)
    lines.push(
      drip.nextAtMs === null
        ? 'Nothing is used up: you can ask again.'
        : `Nothing is used up here; the faucet says that it pays again ${moment(drip.nextAtMs)}.`,
    )
  } else {
    lines.push(`⏳ I cannot tell yet whether \`${drip.address}\` was paid: ${doubt(drip)}.`)
    if (transaction) lines.push(transaction)
    const isLookedFor = drip.txHash && settings.canLookUp
    if (isLookedFor)
      lines.push('I am looking for this transaction and will tell you here or by direct message.')
    if (!isLookedFor || drip.cause === 'unreadable')
      lines.push(`A moderator can look it up and settle it: request #${drip.id}.`)
    lines.push(`So that nothing is paid twice, it counts as paid. ${nextLine(drip, settings.everyMs)}`)
  }
  return lines.join('\n')
}

function doubt(drip: ToldDrip): string {
  if (drip.cause === 'restart' || drip.cause === 'stopped')
    return 'I was restarted while the faucet was working'
  if (drip.cause === 'unreadable')
    return `the faucet says it paid; I cannot look it up (${code(drip.detail ?? 'no answer', 120)})`
  return drip.detail
    ? `the faucet's answer was unclear (${code(drip.detail, 120)})`
    : "the faucet's answer was unclear"
}

/** Each hash, and the link to the explorer where there is one; the link shows no preview. */
function transactionLine(txHash: string | null, explorer: string | null): string | null {
  if (!txHash) return null
  const each = txHash.split(' ').map((hash) => {
    if (hash === UNTOLD) return 'and another part, of which the faucet told no hash'
    const link = explorer ? ` <${explorer.replaceAll('{hash}', encodeURIComponent(hash))}>` : ''
    return `\`${hash}\`${link}`
  })
  return each.length === 1 ? `Transaction: ${each[0]}` : ['Transactions:', ...each].join('\n')
}

/** When the next one is possible: the faucet's own time where it states one that is later than ours. */
function nextLine(drip: Pick<Drip, 'atMs' | 'nextAtMs'>, everyMs: number): string {
  const ownMs = drip.atMs + everyMs
  if (drip.nextAtMs !== null && drip.nextAtMs > ownMs) {
    return `The faucet says that the next one is possible ${moment(drip.nextAtMs)}.`
  }
  return `The next one is possible ${moment(ownMs)}.`
}
