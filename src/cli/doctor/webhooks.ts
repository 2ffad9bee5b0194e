// The doctor's look at the webhooks: whether each exists, whose it is, where it writes, whether its buttons work.

import type { FoundWebhook } from '../../alerts/outbox/channels.ts'
import { createSend } from '../../alerts/outbox/send.ts'
import { isGone } from '../../alerts/outbox/verdict.ts'
import { DEFAULT_WEBHOOK } from '../../alerts/settings.ts'
import { type AskedWebhook, askWebhook, type WebhookFacts } from '../../alerts/webhook-guild.ts'
import type { Settings } from '../../config/index.ts'
import type { Right } from '../../discord/permissions.ts'
import type { Asked, ChannelFacts, DiscordFacts } from '../../discord/probe.ts'
import type { SecretProblem } from '../../kernel/secrets.ts'
import { mentionsOf, rolesOf } from './discord.ts'
import { about, type Finding } from './findings.ts'

const { ok, warning, wrong, secret } = about('webhook')

/** Asks each webhook what it is, by the name of its secret. Nothing is written into a channel. */
export async function askWebhooks(
  urls: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Map<string, AskedWebhook>> {
  const { send, close } = createSend(timeoutMs)
  try {
    const answers = Object.entries(urls).map(
      async ([name, url]) => [name, await askWebhook(send, url)] as const,
    )
    return new Map(await Promise.all(answers))
  } finally {
    await close()
  }
}

/** Findings about the webhooks (pure). `discord` is null where the bot's account could not be asked. */
export function webhookFindings(
  settings: Settings,
  problems: readonly SecretProblem[],
  asked: ReadonlyMap<string, AskedWebhook>,
  discord: DiscordFacts | null,
): Finding[] {
  const anew = 'Copy it anew (channel settings, Integrations, Webhooks, Copy URL).'
  const missing = problems.map((one) => secret(one, anew))
  const known = [...asked].flatMap(([name, one]) =>
    one.ok ? knownFindings(settings, name, one.value, discord) : refusedFinding(name, one),
  )
  return [...missing, ...known]
}

function refusedFinding(name: string, { status, code, reason }: AskedWebhook & { ok: false }): Finding {
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
  const placeId = facts.threadId ?? facts.channelId
  const channel = placeId === null ? undefined : discord?.channels.get(placeId)
  const where = channel?.ok ? `#${channel.value.name}` : `channel ${placeId}`
  const wrongPlace = placeProblem(facts, channel)
  if (wrongPlace !== null) return [wrong(name, ...wrongPlace)]
  const findings = [ok(name, `"${facts.name}" writes into ${where}; ${ownerWords(facts, discord)}`)]
  const { guildId } = settings.discord
  if (guildId !== null && facts.guildId !== null && facts.guildId !== guildId) {
    const text =
      'it writes into another server than discord.guildId: roles of one cannot be tagged in the other'
    findings.push(warning(name, text, 'Use a webhook of the same server, or correct discord.guildId.'))
  }
  if (discord === null || placeId === null) return findings
  const lacks = lacking(channel, ['View Channels', 'Send Messages', 'Read Message History'])
  if (lacks.length > 0) {
    const text = `the bot itself lacks ${lacks.join(', ')} in ${where}: it cannot look whether an alert arrived, nor say there that the webhook is gone`
    const mend = `Give the bot's role ${lacks.join(', ')} there (channel settings, Permissions).`
    const blind = settings.standby && lacks.some((right) => right !== 'Send Messages')
    const more = blind
      ? '; as a second watcher it cannot see what the first one says, so it says everything, too'
      : ''
    findings.push((blind ? wrong : warning)(name, text + more, mend))
  }
  return [...findings, ...fallbackFindings(settings, name, placeId, discord)]
}

/** Those of `rights` that the bot lacks in a channel; none where that could not be found out. */
function lacking(channel: Asked<ChannelFacts> | undefined, rights: readonly Right[]): readonly Right[] {
  if (channel?.ok) return rights.filter((right) => channel.value.missing.includes(right))
  return channel?.status === 403 || channel?.status === 404 ? rights : []
}

/** Whether the bot's own account could say an alert, and tag whom it tags, when the webhook does not work. */
function fallbackFindings(settings: Settings, name: string, ownId: string, discord: DiscordFacts): Finding[] {
  const { fallbackChannel, routes } = settings.alerts
  const channel = discord.channels.get(fallbackChannel ?? ownId)
  if (!channel) return []
  const place = channel.ok ? `#${channel.value.name}` : `channel ${fallbackChannel ?? ownId}`
  const cannot = `when it does not work, the bot's own account cannot`
  const lacks = lacking(channel, ['View Channels', 'Send Messages'])
  if (lacks.length > 0) {
    const mend = `Give the bot's role ${lacks.join(', ')} there (channel settings, Permissions), or name another channel in alerts.fallbackChannel.`
    return [wrong(name, `${cannot} say alerts in ${place}: it lacks ${lacks.join(', ')}`, mend)]
  }
  if (!channel.ok || channel.value.mayTagAll) return []
  const isIts = (way: string) => way === name || placeOfWay(way) === name
  const its = routes.filter(({ webhook }) => isIts(webhook))
  const ofAll = mentionsOf({ ...settings, alerts: { ...settings.alerts, routes: [] } })
  // What has no route of its own goes to the default.
  const tagged = [...its.map(({ mention }) => mention ?? ofAll), isIts(DEFAULT_WEBHOOK) ? ofAll : []].flat()
  const roles = [...(rolesOf(discord) ?? [])].filter(
    ([id, { mentionable }]) => !mentionable && tagged.includes(`<@&${id}>`),
  )
  if (roles.length === 0) return []
  const names = roles.map(([, role]) => role.name).join(', ')
  const mend = `Let anyone mention ${names} (server settings, Roles), or give the bot's role Mention Everyone there (channel settings, Permissions).`
  return [wrong(name, `${cannot} tag ${names} in ${place}`, mend)]
}

/** Why nothing can be written where a webhook is to write, and what to do. */
function placeProblem(
  { channelId, threadId }: WebhookFacts,
  place: Asked<ChannelFacts> | undefined,
): [text: string, mend: string] | null {
  const mend =
    "Put ?thread_id=ID at the end of its URL, with the id of one of the channel's threads or posts (right click on it, Copy Thread ID), or use a webhook of a text channel."
  if (threadId !== null && (place?.ok ? place.value.parentId !== channelId : place?.status === 404))
    return [`there is no thread ${threadId} in its channel: Discord refuses every message`, mend]
  return place?.ok && place.value.isForum
    ? [`#${place.value.name} is a forum, which takes no messages outside of its posts`, mend]
    : null
}

/** Findings about the bot's own webhooks, in the channels that the configuration names (pure). */
export function ownWebhookFindings(
  settings: Settings,
  found: ReadonlyMap<string, FoundWebhook>,
  around: Readonly<Record<string, string>>,
  discord: DiscordFacts | null,
): Finding[] {
  const { alerts } = settings
  const findingOf = (name: string, one: Exclude<FoundWebhook, { kind: 'found' }>): Finding => {
    const subject = placeOfWay(name)
    if (one.kind === 'absent') return ok(subject, 'the bot makes a webhook of its own there when it starts')
    if (one.kind === 'failed') return warning(subject, one.reason, 'Run the doctor again later.')
    const { id, around: secret } = alerts.channels[name]!
    const text = `the bot cannot use a webhook of its own in the channel ${id}: ${one.reason}`
    return around[id] === undefined
      ? wrong(subject, text, `${one.mend}.`)
      : warning(subject, `${text}; alerts go through ${secret} instead`, `${one.mend}.`)
  }
  return [...found].flatMap(([name, one]) => {
    if (one.kind === 'found') return []
    const said = discord
      ? fallbackFindings(settings, placeOfWay(name), alerts.channels[name]!.id, discord)
      : []
    return [findingOf(name, one), ...said]
  })
}

/** What a way into a channel is called in the configuration. */
export const placeOfWay = (name: string): string =>
  name === DEFAULT_WEBHOOK ? 'alerts.channel' : `alerts.routes ${name}`

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
