// The doctor's look at the faucets: their secrets, their channels, and whether their servers answer and can pay.
import type { Settings } from '../../config/index.ts'
import type { Asked, DiscordFacts } from '../../discord/probe.ts'
import { OTHERS_MAX } from '../../faucet/messages.ts'
import type { FaucetSettings } from '../../faucet/schema.ts'
import { secretProblems } from '../../faucet/secrets.ts'
import { createSender } from '../../faucet/senders/index.ts'
import { inventedHash } from '../../faucet/senders/lookup.ts'
import type { FaucetStatus, LookupResult } from '../../faucet/senders/sender.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { oneLine } from '../../words/text.ts'
import { channelFinding } from './discord.ts'
import { about, type Finding } from './findings.ts'

const { ok, warning, wrong, secret } = about('faucet')

/** The channels that the faucets name: where they pay, and where moderators' actions are shown. */
export const faucetChannels = ({ faucets }: Settings): string[] =>
  faucets.flatMap(({ channels, auditChannel }) => [
    ...channels,
    ...(auditChannel === null ? [] : [auditChannel]),
  ])

/** Asks each faucet's server for its state; nothing that pays is called. */
export async function lookAtFaucets(
  { faucets }: Settings,
  secrets: Secrets,
  clock: Clock,
): Promise<Finding[]> {
  const problems = secretProblems(faucets, secrets)
  const servers = await Promise.all(faucets.map((faucet) => lookAtServer(faucet, secrets, clock)))
  const mend = 'Set it to the secret of the faucet; without it the bot does not start.'
  return [...problems.map((one) => secret(one, mend)), ...servers.flat()]
}

async function lookAtServer(
  { chain, sender: settings }: FaucetSettings,
  secrets: Secrets,
  clock: Clock,
): Promise<Finding[]> {
  const token = settings.token === null ? null : (secrets[settings.token] ?? null)
  const { status: ask, lookup } = createSender({ settings, token, clock })
  const subject = `${chain} (${settings.kind})`
  const [state, found] = await Promise.all([
    // Ignite's, and those that the configuration describes, can be asked for nothing but a payment.
    ask ? ask().then((status) => [stateFinding(subject, status)]) : [],
    lookup ? lookup(inventedHash(settings)).then((result) => [lookupFinding(subject, result)]) : [],
  ])
  return [...state, ...found]
}

/** What became of looking up a transaction that does not exist. */
function lookupFinding(subject: string, { status, detail }: LookupResult): Finding {
  if (status === 'pending') return ok(subject, 'its transactions can be looked up')
  const text =
    status === 'unreadable'
      ? `its transactions cannot be looked up: ${oneLine(detail).slice(0, OTHERS_MAX)}`
      : 'the look-up says that a transaction is there which I made up'
  const mend =
    'Correct `sender.lookup` of the faucet: the API of a node that keeps a transaction index. Until then no payment can be confirmed.'
  return warning(subject, text, mend)
}

function stateFinding(subject: string, status: FaucetStatus | null): Finding {
  if (status === null) {
    const mend =
      'See whether the server runs, and correct `sender.url`; users are refused while it cannot be reached.'
    return warning(subject, 'its server does not tell its state', mend)
  }
  if (status.dry)
    return wrong(subject, 'it has nothing left to pay with', 'Refill the account that it pays from.')
  const parts = [status.balance && `has ${status.balance}`, status.amount && `pays ${status.amount}`]
  return ok(subject, ['answers', ...parts.filter(Boolean)].join(', '))
}

/** Findings about the channels that the faucets name, where Discord could be asked. */
export function faucetChannelFindings(
  { faucets, discord: { guildId } }: Settings,
  asked: Asked<DiscordFacts> | null,
): Finding[] {
  if (!asked?.ok) return []
  const finding = (id: string, option: string, vital: string[], well: string) => {
    const rights = { setting: `\`${option}\` of the faucet`, needed: vital, vital, well }
    return channelFinding('faucet', id, asked.value.channels.get(id), guildId, rights)
  }
  // A slash command is answered wherever it is typed; only what the bot says by itself needs rights.
  return faucets.flatMap(({ channels, auditChannel: audit }) => [
    ...channels.map((id) => finding(id, 'channels', [], 'tokens are paid there')),
    ...(audit === null
      ? []
      : [finding(audit, 'auditChannel', ['View Channels', 'Send Messages'], 'the bot may write there')]),
  ])
}
