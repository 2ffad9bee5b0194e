// Puts the one server that counts into a configuration that is written, or the line that says what to fill in.

import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import { webhookGuild } from '../alerts/webhook-guild.ts'
import type { ConfigInput } from '../config/schema.ts'
import { loadSecrets } from '../config/secrets.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { Comments } from './plan.ts'

const WHAT = 'your server: nothing is answered, and nobody is an admin, anywhere else'
const TIMEOUT_MS = 5000

/**
 * Completes a plan, unless it names a server, with that of the webhook whose URL is there already: in `plan.env`, the
 * environment or `.env` beside the configuration. Returns what there is to say about it, or null.
 */
export async function planGuild(
  plan: { config: ConfigInput; comments: Comments; env?: Secrets },
  env: NodeJS.ProcessEnv,
  configFile: string,
): Promise<string | null> {
  const { config, comments } = plan
  comments['discord.guildId'] = { after: WHAT }
  if (config.discord?.guildId !== undefined) return null
  const url = plan.env?.[DEFAULT_WEBHOOK] ?? loadSecrets([DEFAULT_WEBHOOK], env, configFile)[DEFAULT_WEBHOOK]
  const guildId =
    url !== undefined && URL.canParse(url) ? await webhookGuild(url, TIMEOUT_MS).catch(() => null) : null
  if (guildId !== null) {
    config.discord = { guildId, ...config.discord }
    return `discord.guildId: ${guildId}, the server of the webhook`
  }
  const { before = [], ...prefix } = comments['discord.prefix'] ?? {}
  const line = `guildId: '…', // fill in ${WHAT} (right click on it, Copy Server ID)`
  comments['discord.prefix'] = { ...prefix, before: [...before, line] }
  return 'discord.guildId is not known: fill in the id of your server (right click on it, Copy Server ID); ibc-monitor doctor says it once the webhook is in .env'
}
