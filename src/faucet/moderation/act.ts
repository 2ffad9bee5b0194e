// What the moderators' commands share: whom they may act for, acting with an audit, showing it, common arguments.
import type { ArgSpec, Call, Command, Reply } from '../../discord/command.ts'
import { Refusal } from '../../kernel/errors.ts'
import { code } from '../../words/text.ts'
import { readAddress, secretIn } from '../address.ts'
import type { Faucet, FaucetAtWork } from '../deps.ts'
import { completeFaucet, faucetNamed, moderatedBy, SLASH_ONLY } from '../find.ts'
import { type AuditEntry, logAudit } from './audit.ts'

const LONGEST_REASON = 300
/** Actions that one message shows. */
const LINES = 15

/** A command for moderators: slash only, seen by the caller alone. */
export function moderatorCommand<Args>(
  name: string,
  summary: string,
  example: string,
  args: readonly ArgSpec[],
  run: Command<Args>['run'],
): Command<Args> {
  return { name, summary, example: `${name}${example}`, args, access: 'moderator', ...SLASH_ONLY, run }
}

/** Arguments that several of the commands take. */
export function commonArgs(deps: FaucetAtWork) {
  const chain: ArgSpec = {
    name: 'chain',
    summary: 'Which faucet; left out: all that you moderate',
    ...(deps.faucets.length > 1 && { complete: completeFaucet(deps.faucets) }),
  }
  const reason: ArgSpec = { name: 'reason', summary: 'Why; users see it', required: true }
  const user: ArgSpec = { name: 'user', summary: 'A user', kind: 'user' }
  const address: ArgSpec = { name: 'address', summary: 'An address that this faucet pays to' }
  return { chain, reason, user, address }
}

export type Action = Pick<AuditEntry, 'action' | 'reason'> & Partial<AuditEntry>

/**
 * The faucets that a moderator means.
 * @throws {Refusal} where the caller moderates none of them
 */
export function mineOf(deps: FaucetAtWork, chain: string | undefined, call: Call): Faucet[] {
  const named = chain === undefined ? deps.faucets : [faucetNamed(deps.faucets, chain)]
  const mine = moderatedBy(named, call)
  if (mine.length === 0) throw new Refusal('This is for the moderators of the faucet.')
  return mine
}

/** Runs an action on each faucet, in one transaction with its audit; then logs it and shows it in the audit channel. */
export function act(
  deps: FaucetAtWork,
  faucets: readonly Faucet[],
  call: Call,
  work: (faucet: Faucet) => Action[],
): Reply {
  const entries = deps.store.transaction(() =>
    faucets.flatMap((faucet) =>
      work(faucet).map((action) => {
        const { chain } = faucet.settings
        const entry: AuditEntry = { atMs: call.nowMs, chain, byUserId: call.caller.userId, ...action }
        deps.store.audit(entry)
        return { faucet, entry }
      }),
    ),
  )
  if (entries.length === 0) return { text: 'There was nothing to change.' }
  for (const { entry } of entries) logAudit(deps.logger, entry)
  for (const faucet of faucets) {
    const ofIt = entries.filter((one) => one.faucet === faucet).map(({ entry }) => entry)
    if (ofIt.length > 0) show(deps, faucet, `${actionsText(ofIt)}\nBy <@${call.caller.userId}>.`)
  }
  return { text: actionsText(entries.map(({ entry }) => entry)) }
}

/** Writes into the audit channel where one is set, without waiting for it. */
function show(deps: FaucetAtWork, { settings: { auditChannel } }: Faucet, text: string): void {
  if (auditChannel === null) return
  const failed = (error?: unknown) =>
    deps.logger.warn({ channel: auditChannel, err: error }, 'the audit channel could not be written to')
  deps.speak.sayInChannel(auditChannel, text).then((sent) => {
    if (!sent) failed()
  }, failed)
}

/** Actions, a line each; of very many the first ones, since all of them are in the audit. */
function actionsText(entries: readonly AuditEntry[]): string {
  const more = entries.length - LINES
  return [...entries.slice(0, LINES).map(actionText), ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n')
}

function actionText({ action, chain, userId, address, reason, dripId, txHash }: AuditEntry): string {
  const whom = [userId && `<@${userId}>`, address && `\`${address}\``].filter(Boolean).join(', ')
  const why = reason ? `: ${code(reason, LONGEST_REASON)}` : ''
  const what: Partial<Record<AuditEntry['action'], string>> = {
    paused: `⏸ The faucet of ${chain} is paused`,
    resumed: `▶️ The faucet of ${chain} pays again`,
    banned: `⛔ ${whom} excluded from the faucet of ${chain}`,
    unbanned: `${whom} no longer excluded from the faucet of ${chain}`,
    settled: `Request #${dripId} of ${whom} settled${txHash ? ` (\`${txHash}\`)` : ''}`,
  }
  return `${what[action] ?? action}${why}.`
}

/**
 * The canonical address, by the rule of any of these faucets.
 * @throws {Refusal} when none of them could pay to it
 */
export function canonical(faucets: readonly Faucet[], typed: string): string {
  for (const { settings } of faucets) {
    const address = readAddress(typed, settings.address)
    if (address.ok) return address.canonical
  }
  const prefixes = faucets.map(({ settings }) => `${settings.address.prefix}1…`).join(' or ')
  throw new Refusal(`That is not a ${prefixes} address.`)
}

/**
 * A reason as it is kept and shown.
 * @throws {Refusal} when it is empty, or holds what must not be kept
 */
export function reasonKept(typed: string): string {
  const text = typed.replace(/\s+/g, ' ').trim().slice(0, LONGEST_REASON)
  if (!text) throw new Refusal('Give a reason.')
  if (secretIn(text) === 'private key')
    throw new Refusal('This looks like a private key; I keep no such thing.')
  return text
}
