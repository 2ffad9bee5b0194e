// The commands for everybody: /drip, and /faucet with the state of the faucet and what the caller may have.
import type { Call, Command, Reply } from '../discord/command.ts'
import { Refusal } from '../kernel/errors.ts'
import { code } from '../words/text.ts'
import { readAddress, secretIn } from './address.ts'
import type { Faucet, FaucetAtWork } from './deps.ts'
import { keptSlots, leftToday, reasonsAgainst } from './eligibility.ts'
import { chainList, completeFaucet, faucetMeant, faucetNamed, SLASH_ONLY } from './find.ts'
import { moment, OTHERS_MAX, QUEUE_TEXT, reasonText, span } from './messages.ts'
import { askedMs, reasonsNow, refuseDrip } from './refuse.ts'
import { replyOf } from './settle.ts'
import type { Reason } from './types.ts'

/** /drip and /faucet. */
export function faucetCommands(deps: FaucetAtWork): Command[] {
  const { faucets } = deps
  const several = faucets.length > 1
  const chain = {
    name: 'chain',
    summary: 'Which faucet, where the address does not tell',
    ...(several && { complete: completeFaucet(faucets) }),
  }
  const drip: Command<{ address: string; chain?: string }> = {
    name: 'drip',
    summary: several
      ? 'Test tokens to your address'
      : `Test tokens of ${faucets[0]!.settings.chain}`.slice(0, 100),
    example: `drip ${faucets[0]!.settings.address.prefix}1…`,
    args: [{ name: 'address', summary: 'Your address, and nothing else', required: true }, chain],
    access: 'everyone',
    ...SLASH_ONLY,
    run: (args, call) => runDrip(deps, args, call),
  }
  const faucet: Command<{ chain?: string }> = {
    name: 'faucet',
    summary: 'What the faucet has and pays, and what you may still have',
    example: 'faucet',
    args: [chain],
    access: 'everyone',
    ...SLASH_ONLY,
    run: (args, call) => runFaucet(deps, args, call),
  }
  return [drip, faucet]
}

async function runDrip(
  deps: FaucetAtWork,
  args: { address: string; chain?: string },
  call: Call,
): Promise<Reply> {
  const { faucets, store } = deps
  if (!deps.isOpen()) throw new Refusal(QUEUE_TEXT.stopped)
  const faucet = faucetMeant(faucets, args, call.channelId)
  if (!faucet) {
    const { settings } = faucets.find((one) => one.settings.channels.includes(call.channelId)) ?? faucets[0]!
    const secret = secretIn(args.address)
    const chains = faucets.map((one) => one.settings.chain)
    const reason: Reason = secret
      ? { code: 'address-secret', secret, rule: settings.address }
      : { code: args.chain === undefined ? 'which-chain' : 'no-such-chain', chains }
    return refuseDrip(deps, { settings }, [reason], null, call)
  }
  const { settings } = faucet
  const address = readAddress(args.address, settings.address)
  const reasons: Reason[] = []
  if (!address.ok) reasons.push({ ...address.problem, rule: address.rule })
  if (!settings.channels.includes(call.channelId)) {
    reasons.push({ code: 'wrong-channel', channels: settings.channels })
  }
  if (reasons.length === 0 && address.ok) return deps.drip(faucet, address.canonical, call)
  const canonical = address.ok ? address.canonical : null
  const atMs = askedMs(call)
  const history = store.history(settings.chain, call.caller.userId, canonical, atMs)
  reasons.push(...reasonsAgainst(call.caller, settings, history, atMs))
  return refuseDrip(deps, faucet, reasons, canonical, call)
}

async function runFaucet(deps: FaucetAtWork, args: { chain?: string }, call: Call): Promise<Reply> {
  const { faucets } = deps
  const here = faucets.filter(({ settings }) => settings.channels.includes(call.channelId))
  if (here.length === 0) {
    const channels = [...new Set(faucets.flatMap(({ settings }) => settings.channels))]
    throw new Refusal(`\`/faucet\` works in ${channels.map((id) => `<#${id}>`).join(' or ')}.`)
  }
  const shown = args.chain === undefined ? here : [faucetNamed(here, args.chain)]
  const texts = await Promise.all(shown.map((faucet) => faucetText(deps, faucet, call)))
  const others = faucets.length > here.length ? `\nAll faucets: ${chainList(faucets)}.` : ''
  return { text: texts.join('\n\n') + others }
}

async function faucetText(deps: FaucetAtWork, faucet: Faucet, call: Call): Promise<string> {
  const { store } = deps
  const { settings, sender, queue } = faucet
  const atMs = askedMs(call)
  const status = sender.status ? await sender.status() : null
  const history = store.history(settings.chain, call.caller.userId, null, atMs)
  const lines = [`**Faucet of ${settings.chain}** (addresses: \`${settings.address.prefix}1…\`)`]
  if (history.paused) lines.push(`⏸ Paused: ${code(history.paused.reason, OTHERS_MAX)}`)
  const amount = status?.amount ?? settings.amount
  if (amount) lines.push(`One request pays ${amount}.`)
  if (status?.balance) lines.push(`It has ${code(status.balance, OTHERS_MAX)}.`)
  if (status?.dry) lines.push('🔴 It has nothing left to pay with.')
  if (sender.status && !status) lines.push('Its server does not answer at the moment.')
  lines.push(limitsText(faucet))
  const left = leftToday(settings, history, atMs)
  if (left) {
    const kept = keptSlots(settings) > 0 ? `, ${left.returning} of them for people who had some before` : ''
    lines.push(`Left of the last 24 hours' ${settings.dailyTotal}: ${left.all}${kept}.`)
  }
  if (queue.waiting > 0) lines.push(`${queue.waiting} people are waiting for their turn.`)
  const reasons = reasonsNow(deps, settings, call, history, atMs)
  if (reasons.length === 0 && deps.isOpen()) lines.push('✅ You may have tokens now: `/drip`')
  else if (reasons.length > 0) {
    lines.push('You cannot have tokens now:', ...reasons.map((reason) => `• ${reasonText(reason, atMs)}`))
  }
  const last = store.page({ chains: [settings.chain], userId: call.caller.userId }, 0, 1).drips[0]
  if (last)
    lines.push(`Your last request, <t:${Math.floor(last.atMs / 1000)}:R>:`, replyOf(faucet, last).text!)
  if (last?.nextAtMs && last.nextAtMs > atMs)
    lines.push(`The faucet itself allows your next one ${moment(last.nextAtMs)}.`)
  return lines.join('\n')
}

function limitsText({ settings }: Faucet): string {
  const parts = [`once per user in ${span(settings.everyMs)}`]
  if (settings.perAddressMs !== null) parts.push(`once per address in ${span(settings.perAddressMs)}`)
  if (settings.accountAgeMs !== null) parts.push(`accounts from ${span(settings.accountAgeMs)} of age`)
  if (settings.memberAgeMs !== null) parts.push(`members for ${span(settings.memberAgeMs)} or longer`)
  if (settings.requiredRoles.length > 0)
    parts.push(settings.requiredRoles.map((id) => `<@&${id}>`).join(' and '))
  return `Limits: ${parts.join('; ')}.`
}
