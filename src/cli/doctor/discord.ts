// The doctor's judgement of what Discord answered (pure): token, gateway, intents, servers, channels, roles, commands.
import type { Settings } from '../../config/index.ts'
import { interactionsElsewhere } from '../../discord/deploy.ts'
import { inviteUrl, NEEDED } from '../../discord/permissions.ts'
import type { Asked, ChannelFacts, DiscordFacts, GuildFacts } from '../../discord/probe.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { type Area, about, type Finding, sentence } from './findings.ts'

const { ok, warning, wrong, unread } = about('discord')

const NETWORK = 'Check the network, DNS and firewall of this machine, and DISCORD_API_BASE where it is set.'
const TOKEN =
  'Copy it anew from the Developer Portal (your application, Bot, Reset Token) into DISCORD_TOKEN.'

/** Findings about the bot's account. `asked` is null where there is no token. */
export function discordFindings(settings: Settings, asked: Asked<DiscordFacts> | null): Finding[] {
  if (asked === null) {
    const mend =
      'Put the token of your bot into .env or the environment (Discord Developer Portal, your application, Bot, Reset Token).'
    return [wrong('token', 'DISCORD_TOKEN is missing', mend)]
  }
  if (!asked.ok) {
    return asked.status === 401
      ? [wrong('token', `Discord refuses it: ${asked.reason}`, TOKEN)]
      : [wrong('token', `Discord could not be asked: ${asked.reason}`, NETWORK)]
  }
  const facts = asked.value
  const applicationId = facts.application.ok ? facts.application.value.id : facts.user.id
  const invite = `Invite it with ${inviteUrl(applicationId, Object.keys(settings.alerts.channels).length > 0)}`
  return [
    ok('token', `of ${facts.user.tag}`),
    ...gatewayFindings(facts),
    intentFinding(settings, facts),
    ...guildFindings(settings, facts, invite),
    commandFinding(facts, invite),
    ...endpointFindings(facts),
    ...channelFindings(settings, facts),
    ...adminFindings(settings, facts),
    ...mentionFindings(settings, facts),
  ]
}

/**
 * Without `discord.guildId` the bot takes a server by itself (`taken`: which, as far as is known), and what it takes is
 * not in the hand of whoever runs it.
 */
export function guildIdFindings(
  { discord: { guildId } }: Settings,
  asked: Asked<DiscordFacts> | null,
  taken: string | null,
): Finding[] {
  if (guildId !== null) return []
  const guilds = asked?.ok && asked.value.guilds.ok ? [...asked.value.guilds.value] : []
  const shown = ([id, guild]: (typeof guilds)[number]) =>
    `guildId: '${id}'${guild.ok ? ` (${guild.value.name})` : ''}`
  const choice = taken === null ? guilds : guilds.filter(([id]) => id === taken)
  const ids = choice.length > 0 ? choice.map(shown).join(' or ') : `guildId: '${taken ?? '…'}'`
  const id = ids.includes('…') ? `${ids}, the id of your server (right click on it, Copy Server ID),` : ids
  const text =
    taken === null
      ? 'it is not set, and neither the webhook nor the database tells which server is meant'
      : 'it is not set; the bot takes the server of the webhook, or the one that it took before'
  const mend = `Write ${id} into \`discord\` of the configuration: commands are answered, and rights count, there alone.`
  return [wrong('discord.guildId', text, mend)]
}

const FEW_SESSIONS = 10

function gatewayFindings({ sessions, socketProblem }: DiscordFacts): Finding[] {
  if (!sessions.ok)
    return [wrong('gateway', `Discord does not tell where it is: ${sessions.reason}`, NETWORK)]
  const { remaining, total, resetAfterMs } = sessions.value
  const left = `${remaining} of ${total} logins left for the next ${formatDuration(resetAfterMs)}`
  const mend = `Wait ${formatDuration(resetAfterMs)}, and look why the bot logged in so often (a restart loop?).`
  const findings: Finding[] = []
  if (socketProblem !== null) {
    const open = 'Let this machine open outgoing WebSockets (wss, port 443) to gateway.discord.gg.'
    findings.push(wrong('gateway', `its socket cannot be opened: ${socketProblem}`, open))
  }
  if (remaining === 0) findings.push(wrong('gateway', left, mend))
  else if (remaining < FEW_SESSIONS) findings.push(warning('gateway', left, mend))
  return findings.length > 0 ? findings : [ok('gateway', `greets, ${left}`)]
}

function intentFinding({ discord: { prefix }, standby }: Settings, { application }: DiscordFacts): Finding {
  const subject = 'Message Content intent'
  if (prefix === false && !standby) return ok(subject, 'not needed: slash commands only')
  if (!application.ok) return unread(subject, application.reason)
  const needed = standby ? 'a second watcher' : `commands with ${prefix}`
  if (application.value.messageContent) return ok(subject, `on, as ${needed} need${standby ? 's' : ''} it`)
  return wrong(
    subject,
    standby
      ? 'off, so a second watcher cannot read what the first one says, and says everything, too'
      : `off, so commands with ${prefix} do not work (slash commands do)`,
    `Switch it on in the Developer Portal (your application, Bot, Privileged Gateway Intents, Message Content Intent)${standby ? '' : ', or set prefix: false'}.`,
  )
}

function guildFindings(settings: Settings, { guilds }: DiscordFacts, invite: string): Finding[] {
  if (!guilds.ok) return [unread('server', guilds.reason)]
  if (guilds.value.size === 0) return [wrong('server', 'the bot is in no server', `${invite}.`)]
  return [...guilds.value].map(([id, guild]) => {
    if (guild.ok) return guildFinding(settings, guild.value)
    if (guild.status === 404 || guild.status === 403) {
      const text = `the bot is not in the server ${id}`
      return wrong('server', text, `${invite}, or correct discord.guildId.`)
    }
    return unread('server', `${id}, ${guild.reason}`)
  })
}

function guildFinding(settings: Settings, { name, missing }: GuildFacts): Finding {
  // Where channels are named, what counts is what the bot may do there.
  if (settings.discord.commandChannels !== null || missing.length === 0) return ok('server', `in ${name}`)
  const text = `in ${name}, where the bot's role lacks ${missing.join(', ')}`
  const mend = `Give the bot's role ${missing.join(', ')} (server settings, Roles), or the channels in which it is to answer.`
  return warning('server', text, mend)
}

const MISSING_ACCESS = 50001

function commandFinding({ commands }: DiscordFacts, invite: string): Finding {
  if (commands.ok) {
    return commands.value.length === 0
      ? ok('slash commands', 'none registered yet; the bot does it when it starts')
      : ok('slash commands', `${commands.value.length} registered`)
  }
  if (commands.code === MISSING_ACCESS) {
    const text = 'the bot may not register them: it was invited without the scope applications.commands'
    return wrong('slash commands', text, `${invite}; it need not be thrown out before.`)
  }
  return unread('slash commands', commands.reason)
}

function endpointFindings({ application }: DiscordFacts): Finding[] {
  const elsewhere = application.ok ? interactionsElsewhere(application.value.interactionsEndpoint) : null
  if (elsewhere === null) return []
  const { problem, mend } = elsewhere
  return [wrong('interactions', problem, sentence(mend))]
}

/** Without these an answer does not arrive; without the others it is poorer. */
const VITAL = ['View Channels', 'Send Messages', 'Embed Links']

function channelFindings({ discord }: Settings, { channels }: DiscordFacts): Finding[] {
  if (discord.commandChannels?.length === 0) {
    const mend = 'Name channels in discord.commandChannels, or leave it out: wherever the bot may write.'
    return [warning('channels', 'no channel is named, so commands are answered nowhere', mend)]
  }
  return (discord.commandChannels ?? []).map((id) =>
    channelFinding('discord', id, channels.get(id), discord.guildId, {
      setting: 'discord.commandChannels',
      needed: Object.keys(NEEDED),
      vital: VITAL,
      well: `the bot may ${Object.keys(NEEDED).join(', ').toLowerCase()}`,
    }),
  )
}

/** One channel that a setting names. `needed`: rights of the bot there; without the `vital` ones it is of no use. */
export function channelFinding(
  area: Area,
  id: string,
  asked: Asked<ChannelFacts> | undefined,
  guildId: string | null,
  {
    setting,
    needed,
    vital,
    well,
  }: Record<'setting' | 'well', string> & Record<'needed' | 'vital', readonly string[]>,
): Finding {
  const { ok, warning, wrong, unread } = about(area)
  const correct = `Correct ${setting} (right click on the channel, Copy Channel ID).`
  const lacking = (subject: string, text: string, rights: readonly string[]) => {
    const isVital = rights.some((right) => vital.includes(right))
    const mend = `Give the bot's role ${rights.join(', ')} there (channel settings, Permissions).`
    return (isVital ? wrong : warning)(subject, text, mend)
  }
  if (!asked?.ok) {
    const subject = `channel ${id}`
    if (asked?.status === 404) return wrong(subject, 'there is no such channel', correct)
    if (asked?.status === 403) return lacking(subject, 'the bot may not see it', ['View Channels'])
    return unread(subject, asked?.reason ?? 'it was not asked for')
  }
  const { name, guildId: of, missing } = asked.value
  const subject = `channel #${name}`
  if (guildId !== null && of !== guildId)
    return wrong(subject, 'it belongs to another server than discord.guildId', correct)
  const lacks = missing.filter((right) => needed.includes(right))
  return lacks.length === 0 ? ok(subject, well) : lacking(subject, `the bot lacks ${lacks.join(', ')}`, lacks)
}

/** The roles of every server that could be looked at; null: none could. */
export function rolesOf({
  guilds,
}: DiscordFacts): Map<string, { name: string; mentionable: boolean }> | null {
  if (!guilds.ok) return null
  const known = [...guilds.value.values()].filter((one) => one.ok)
  return known.length === 0 ? null : new Map(known.flatMap(({ value }) => [...value.roles]))
}

function adminFindings({ discord: { adminRoles } }: Settings, facts: DiscordFacts): Finding[] {
  if (adminRoles === null) return [ok('admins', 'whoever may manage the server')]
  const roles = rolesOf(facts)
  if (roles === null) return []
  const found = adminRoles.flatMap((id) => roles.get(id)?.name ?? [])
  const gone = adminRoles.filter((id) => !roles.has(id))
  const mend = 'Correct discord.adminRoles (server settings, Roles, ⋯, Copy Role ID).'
  if (found.length === 0) {
    const text = adminRoles.length === 0 ? 'no role may use the admin commands' : 'none of the roles exists'
    return [wrong('admins', text, mend)]
  }
  if (gone.length > 0) return [warning('admins', `there is no role ${gone.join(', ')}`, mend)]
  return [ok('admins', found.join(', '))]
}

/** Everybody whom the configuration tags, with where it does. */
export function mentionsOf(settings: Settings): string[] {
  const { alerts, chains } = settings
  const settled = [
    alerts,
    alerts.escalate ?? { mention: [] },
    ...alerts.routes,
    ...chains.flatMap((chain) => [chain.alerts, ...chain.wallets]),
  ]
  return [...new Set(settled.flatMap(({ mention }) => mention ?? []))]
}

const idIn = (mention: string) => mention.replace(/\D/g, '')

/** The users among whom the configuration tags, by id. */
export const mentionedUsers = (settings: Settings): string[] =>
  mentionsOf(settings)
    .filter((mention) => !mention.startsWith('<@&'))
    .map(idIn)

function mentionFindings(settings: Settings, facts: DiscordFacts): Finding[] {
  const mentions = mentionsOf(settings)
  if (mentions.length === 0) {
    const mend = 'Put a role into alerts.mention, such as "<@&ROLE ID>": without a tag nobody is woken.'
    return [warning('mentions', 'alerts tag nobody', mend)]
  }
  const roles = rolesOf(facts)
  const mend = 'Correct the mention in the configuration (Copy Role ID, or Copy User ID).'
  return mentions.flatMap((mention) => {
    const subject = `mention ${mention}`
    if (mention.startsWith('<@&')) {
      if (roles === null) return []
      const role = roles.get(idIn(mention))
      if (!role) return wrong(subject, 'there is no such role: it calls nobody', mend)
      // A webhook tags any role (Discord asks for the right of members and bots only).
      const note = role.mentionable ? '' : '; not mentionable by members, which a webhook need not ask'
      return ok(subject, `the role ${role.name}${note}`)
    }
    const member = facts.members.get(idIn(mention))
    if (!member?.ok) return []
    return member.value
      ? ok(subject, 'a member')
      : wrong(subject, 'no member of the server: it calls nobody', mend)
  })
}
