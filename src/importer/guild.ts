// Puts the one server that counts into a planned configuration, or the line that says what to fill in.
import type { ConfigInput } from '../config-schema.ts'
import type { Comments } from './plan.ts'

const WHAT = 'your server: nothing is answered, and nobody is an admin, anywhere else'

/**
 * Completes a plan with the server `guildId` (null: not found) unless it names one. Returns what there is to say about
 * it, or null.
 */
export function planGuild(
  plan: { config: ConfigInput; comments: Comments },
  guildId: string | null,
): string | null {
  const { config, comments } = plan
  const known = config.discord?.guildId
  comments['discord.guildId'] = { after: WHAT }
  if (known !== undefined) return null
  if (guildId !== null) {
    config.discord = { guildId, ...config.discord }
    return `discord.guildId: ${guildId}, the server of the webhook`
  }
  const { before = [], ...prefix } = comments['discord.prefix'] ?? {}
  const line = `guildId: '…', // fill in ${WHAT} (right click on it, Copy Server ID)`
  comments['discord.prefix'] = { ...prefix, before: [...before, line] }
  return 'discord.guildId is not known: fill in the id of your server (right click on it, Copy Server ID); ibc-monitor doctor says it once the webhook is in .env'
}
