// The faucet's words: every refusal and every outcome as the user reads it.

import { DAY_MS, formatDuration } from '../kernel/duration.ts'
import { code } from '../words/text.ts'
import type { AddressRule } from './address.ts'
import type { FaucetSettings } from './schema.ts'
import { type Cause, type Drip, type Reason, UNTOLD } from './types.ts'

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

/** One reason in words, without a full stop, as it stands after "because" or in a list. */
export function reasonText(reason: Reason, nowMs: number): string {
  switch (reason.code) {
    case 'paused':
      return `the faucet is paused by a moderator: ${code(reason.reason, OTHERS_MAX)}`
    case 'banned': {
      const what = reason.kind === 'user' ? 'you are' : 'this address is'
      const until = reason.untilMs === null ? '' : ` until ${moment(reason.untilMs)}`
      return `${what} excluded from the faucet${until}: ${code(reason.reason, OTHERS_MAX)}`
    }
    case 'account-age':
      return `your account is ${span(reason.ageMs)} old; it must be ${span(reason.neededMs)}: try again on ${moment(reason.againMs)}`
    case 'member-age':
      return `you joined this server ${span(reason.ageMs)} ago; it must be ${span(reason.neededMs)}: try again on ${moment(reason.againMs)}`
    case 'no-join-date':
      return 'Discord does not tell me when you joined this server; try again in a few minutes, and ask a moderator if it stays so'
    case 'pending':
      return "you have not passed this server's membership screening yet: accept the rules first"
    case 'roles':
      return `you need ${reason.missing.map((id) => `<@&${id}>`).join(' and ')} first`
    case 'user-open':
      return 'a request of yours is being worked on right now: wait for its answer'
    case 'user-recent':
      return reason.unknown
        ? `your request ${span(nowMs - reason.lastMs)} ago may have been paid, and is still being checked: again ${relative(reason.againMs)}`
        : `you had tokens ${span(nowMs - reason.lastMs)} ago: again ${relative(reason.againMs)}`
    case 'address-open':
      return 'tokens for this address are being sent right now: wait a minute'
    case 'address-recent':
      return `this address had tokens ${span(nowMs - reason.lastMs)} ago: again ${relative(reason.againMs)}`
    case 'day-used-up':
      return `everything that the faucet gives in a day has been given out: again ${relative(reason.againMs)}`
    case 'kept-for-first-timers':
      return `what is left for today is kept for people who never had any: again ${relative(reason.againMs)}`
    case 'twin':
      return 'I am running twice by mistake, and together we would pay twice: nothing is paid until whoever runs me has ended one and restarted the other'
    case 'elsewhere':
      return `another process of mine answered you ${span(nowMs - reason.lastMs)} ago, and may have paid you: again ${relative(reason.againMs)}`
    case 'wrong-channel':
      return `the faucet works only in ${reason.channels.map((id) => `<#${id}>`).join(' or ')}`
    case 'which-chain':
      return `I cannot tell which faucet you mean: name the chain (${chainNames(reason.chains)})`
    case 'no-such-chain':
      return `there is no faucet for that chain; there is one for ${chainNames(reason.chains)}`
    default:
      return addressText(reason)
  }
}

/** The same bytes as this faucet would take them; whose they are, only who typed them knows. */
const formText = ({ form }: { form?: string }) =>
  form === undefined ? '' : `: if the same bytes are yours there, give the bech32 form, ${code(form, 120)}`

function addressText(reason: Extract<Reason, { rule: AddressRule }>): string {
  const { rule } = reason
  const paste = `paste only the ${example(rule)} address`
  switch (reason.code) {
    case 'address-empty':
      return `there is no address: ${paste}`
    case 'address-secret':
      return `⚠️ this looks like a ${reason.secret === 'mnemonic' ? 'seed phrase (mnemonic)' : 'private key'}. Never share it with anybody, a faucet never needs it. I have not kept it, but if it is real, move your funds to a new wallet now. An address begins with ${example(rule)}`
    case 'address-extra':
      return paste
    case 'address-invisible':
      return `there are invisible characters in what you pasted (such as right-to-left marks): copy the address again, and ${paste}`
    case 'address-mention':
      return `this is a mention; tokens go to an address: ${paste}`
    case 'address-evm':
      return `this is an EVM address (0x…); this faucet pays ${example(rule)} addresses${formText(reason)}`
    case 'address-too-long':
      return `this is too long for an address: ${paste}`
    case 'address-shape':
      return `this is not an address: ${paste}`
    case 'address-prefix': {
      const role = /val(oper|cons)/.test(reason.prefix) ? " (a validator's, not an account)" : ''
      return `this is a ${reason.prefix}1 address${role}; this faucet pays ${example(rule)} addresses${formText(reason)}`
    }
    case 'address-mixed-case':
      return 'this address mixes upper and lower case, so it has a typing error: copy it again'
    case 'address-checksum':
      return 'this address has a typing error (its checksum does not match): copy it again'
    case 'address-encoding':
      return `this address is not ${rule.encoding}, as ${example(rule)} addresses are: copy it from a wallet of this chain`
    case 'address-length':
      return `this address holds ${reason.bytes} bytes; ${example(rule)} addresses of accounts hold ${rule.bytes.join(' or ')}`
  }
}

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

const FAILED: Readonly<Record<Cause, string>> = {
  dry: 'the faucet has no tokens left',
  secret: 'the faucet refuses my credentials; its operator has to mend this',
  misconfigured: 'the faucet did not understand my request; its operator has to mend this',
  disabled: 'the faucet is switched off by its operator',
  limited: 'the faucet itself has a limit that is reached',
  address: 'the faucet does not accept this address',
  refused: 'the faucet refused the request',
  unreachable: 'the faucet could not be reached',
  reverted: 'the transaction was included in a block, but it did not succeed',
  ambiguous: 'it turned out not to have been paid',
  unreadable: 'it turned out not to have been paid',
  restart: 'it turned out not to have been paid',
  stopped: 'it turned out not to have been paid',
}

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
