// The doctor's look at the webhooks: whether each exists, whose it is, where it writes, whether its buttons work.
import { z } from 'zod'
import { createSend, webhookUrl } from '../../alerts/outbox/send.ts'
import { discordError, isGone } from '../../alerts/outbox/verdict.ts'
import type { WebhookProblem } from '../../alerts/webhooks.ts'
import type { Settings } from '../../config/index.ts'
import type { Asked, DiscordFacts } from '../../discord/probe.ts'
import { messageOf } from '../../kernel/errors.ts'
import { about, type Finding } from './findings.ts'

const { ok, warning, wrong } = about('webhook')

const orNull = z.string().nullable().default(null)
/** Without `application_id` a person made it. */
const webhook = z
  .object({ name: orNull, channel_id: orNull, guild_id: orNull, application_id: orNull })
  .transform((read) => ({
    name: read.name ?? '',
    channelId: read.channel_id,
    guildId: read.guild_id,
    applicationId: read.application_id,
  }))
export type WebhookFacts = z.output<typeof webhook>

/** Asks each webhook what it is, by the name of its secret. Nothing is written into a channel. */
export async function askWebhooks(
  urls: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Map<string, Asked<WebhookFacts>>> {
  const { send, close } = createSend(timeoutMs)
  const ask = async (url: string): Promise<Asked<WebhookFacts>> => {
    try {
      const { status, body } = await send({ method: 'GET', url: webhookUrl(url, null) })
      if (status !== 200) {
        const { code = null, message } = discordError(body) ?? {}
        return { ok: false, status, code, reason: message ? `${status} ${message}` : String(status) }
      }
      const value = webhook.safeParse(body).data
      if (value) return { ok: true, value }
      return { ok: false, status, code: null, reason: 'the answer is not that of a webhook' }
    } catch (error) {
      return { ok: false, status: null, code: null, reason: messageOf(error) }
    }
  }
  try {
    const answers = Object.entries(urls).map(async ([name, url]) => [name, await ask(url)] as const)
    return new Map(await Promise.all(answers))
  } finally {
    await close()
  }
}

/** Findings about the webhooks (pure). `discord` is null where the bot's account could not be asked. */
export function webhookFindings(
  settings: Settings,
  problems: readonly WebhookProblem[],
  asked: ReadonlyMap<string, Asked<WebhookFacts>>,
  discord: DiscordFacts | null,
): Finding[] {
  const anew = 'Copy it anew (channel settings, Integrations, Webhooks, Copy URL).'
  const missing = problems.map(({ name, text }) => {
    const [what = text, ...mend] = text.split('. ')
    return wrong(name, what, mend.join('. ') || anew)
  })
  const known = [...asked].flatMap(([name, one]) =>
    one.ok ? knownFindings(settings, name, one.value, discord) : refusedFinding(name, one),
  )
  return [...missing, ...known]
}

function refusedFinding(
  name: string,
  { status, code, reason }: Asked<WebhookFacts> & { ok: false },
): Finding {
  if (code !== null && isGone(code)) {
    const mend = `Make a new one (channel settings, Integrations, Webhooks) and set ${name} to its URL.`
    return wrong(name, `it does not exist any more, or its secret is wrong (${reason})`, mend)
  }
  if (status === 429 || (status !== null && status >= 500))
    return warning(name, `Discord could not say what it is (${reason})`, 'Run the doctor again later.')
  const mend = `Check the network, DNS, proxy and firewall of this machine, and the host in ${name}.`
  return wrong(name, `it could not be asked (${reason})`, mend)
}

function knownFindings(
  settings: Settings,
  name: string,
  facts: WebhookFacts,
  discord: DiscordFacts | null,
): Finding[] {
  const channel = facts.channelId === null ? undefined : discord?.channels.get(facts.channelId)
  const where = channel?.ok ? `#${channel.value.name}` : `channel ${facts.channelId}`
  const findings = [ok(name, `"${facts.name}" writes into ${where}; ${ownerWords(facts, discord)}`)]
  const { guildId } = settings.discord
  if (guildId !== null && facts.guildId !== null && facts.guildId !== guildId) {
    const text =
      'it writes into another server than discord.guildId: roles of one cannot be tagged in the other'
    findings.push(warning(name, text, 'Use a webhook of the same server, or correct discord.guildId.'))
  }
  if (discord === null || facts.channelId === null) return findings
  const needs = ['View Channels', 'Send Messages', 'Read Message History'] as const
  const lacks = channel?.ok
    ? needs.filter((right) => channel.value.missing.includes(right))
    : channel?.status === 403 || channel?.status === 404
      ? needs
      : []
  if (lacks.length > 0) {
    const text = `the bot itself lacks ${lacks.join(', ')} in ${where}: it cannot look whether an alert arrived, nor say there that the webhook is gone`
    const mend = `Give the bot's role ${lacks.join(', ')} there (channel settings, Permissions).`
    findings.push(warning(name, text, mend))
  }
  return findings
}

/** Buttons on its messages reach the bot only when the bot's own application made the webhook (facts of Discord). */
function ownerWords({ applicationId }: WebhookFacts, discord: DiscordFacts | null): string {
  if (applicationId === null)
    return 'made by a person, so its messages have no buttons (commands do the same)'
  const own = discord?.application.ok ? discord.application.value.id : (discord?.user.id ?? null)
  if (own === null) return 'made by an application'
  return applicationId === own
    ? 'made by this bot, so its buttons work'
    : 'made by another application, so its messages have no buttons that reach this bot'
}
