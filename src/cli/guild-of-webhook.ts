// Which server the webhook belongs to whose URL is there already: for configurations that are written.
import { webhookGuild } from '../alerts/webhook-guild.ts'
import { DEFAULT_WEBHOOK, type Secrets } from '../config.ts'
import { loadSecrets } from '../secrets.ts'

const TIMEOUT_MS = 5000

/** The server's id; null where no URL is there (in `found`, the environment or `.env`), or it cannot be asked. */
export async function guildOfWebhook(
  found: Secrets,
  env: NodeJS.ProcessEnv,
  configFile: string,
): Promise<string | null> {
  const url = found[DEFAULT_WEBHOOK] ?? loadSecrets([DEFAULT_WEBHOOK], env, configFile)[DEFAULT_WEBHOOK]
  if (url === undefined || !URL.canParse(url)) return null
  return webhookGuild(url, TIMEOUT_MS).catch(() => null)
}
