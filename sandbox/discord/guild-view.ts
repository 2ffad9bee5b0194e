// The guild as REST and the gateway show it.
import type { Places } from './places.ts'

/** The gateway's GUILD_CREATE. */
export function guildEvent(world: Places): Record<string, unknown> {
  const { guild, members, bot } = world
  const member = members.get(bot.id)!
  return {
    ...guildObject(world),
    joined_at: member.joined_at,
    large: false,
    unavailable: false,
    member_count: members.size,
    members: [member],
    channels: [...guild.channels.values()].filter((one) => !one.thread_metadata),
    threads: [...guild.channels.values()].filter((one) => one.thread_metadata),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}

/** A guild as REST and the gateway show it. */
export function guildObject({ guild }: Places): Record<string, unknown> {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.owner_id,
    roles: [...guild.roles.values()],
    icon: null,
    splash: null,
    discovery_splash: null,
    description: null,
    banner: null,
    emojis: [],
    stickers: [],
    features: [],
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    application_id: null,
    verification_level: 1,
    default_message_notifications: 1,
    explicit_content_filter: 2,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    vanity_url_code: null,
  }
}
