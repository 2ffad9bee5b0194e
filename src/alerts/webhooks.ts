// Which webhooks the settings need (pure): their URLs out of the secrets, and what is wrong with those that are not right.
import { DEFAULT_WEBHOOK, type Secrets, type Settings } from '../config.ts'

export interface WebhookProblem {
  /** The secret's name. */
  name: string
  /** A sentence that begins with the name and says what to do; never the URL. */
  text: string
}

/** The names of the webhooks that alerts may go to: the default where it is needed or set, then those of the routes. */
export function webhookNames(settings: Settings, secrets: Secrets): string[] {
  const routed = new Set(settings.alerts.routes.flatMap(({ chains }) => chains))
  const needsDefault =
    settings.counterparties === 'registry' || settings.chains.some(({ chainId }) => !routed.has(chainId))
  const byDefault = needsDefault || secrets[DEFAULT_WEBHOOK] ? [DEFAULT_WEBHOOK] : []
  return [...new Set([...byDefault, ...settings.alerts.routes.map(({ webhook }) => webhook)])]
}

/** The webhooks by the name of their secret; those that are missing or no webhook URL are problems instead. */
export function webhookUrls(
  settings: Settings,
  secrets: Secrets,
): { urls: Record<string, string>; problems: WebhookProblem[] } {
  const urls: Record<string, string> = {}
  const problems: WebhookProblem[] = []
  for (const name of webhookNames(settings, secrets)) {
    const url = secrets[name]
    if (!url) {
      problems.push({
        name,
        text: `${name} is missing. Make a webhook (channel settings, Integrations, Webhooks, Copy URL) and put its URL into .env.`,
      })
    } else if (!/^https?:\/\/[^/]+\/.*webhooks\/\d+\/[^/?]+$/.test(url)) {
      problems.push({
        name,
        text: `${name} is not a webhook URL: it looks like https://discord.com/api/webhooks/NUMBER/SECRET.`,
      })
    } else urls[name] = url
  }
  return { urls, problems }
}
