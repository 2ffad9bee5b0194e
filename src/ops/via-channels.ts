// Alerts into a channel go through the bot's own webhook there; where the way around is used, that is said.
import { type ChannelsDeps, throughChannels } from '../alerts/outbox/channels.ts'
import type { Send } from '../alerts/outbox/send.ts'
import type { Logger } from '../kernel/logger.ts'
import type { SayOnce } from './say-once.ts'

export function viaChannels(
  deps: Omit<ChannelsDeps, 'detour'> & { sayOnce: SayOnce; logger: Logger },
): (send: Send) => Send {
  const detour = (channelId: string, why: string | null) => {
    if (why !== null) deps.logger.warn({ channelId, reason: why }, 'alerts go around the own webhook')
    const text = `⚠️ Alerts for <#${channelId}> go through a webhook of the configuration, not through one of my own: ${why}.`
    deps.sayOnce(`channel ${channelId}`, why === null ? null : text)
  }
  return (send) => throughChannels(send, { ...deps, detour })
}
