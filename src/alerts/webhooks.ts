// Which webhooks the settings need (pure): their URLs out of the secrets, and what is wrong with those that are not right.
import type { Secrets } from '../kernel/secrets.ts'
import { isThisMachine } from '../net/url-guard.ts'
import { type AlertRouting, DEFAULT_WEBHOOK } from './settings.ts'

export interface WebhookProblem {
  /** The secret's name. */
  name: string
  /** A sentence that begins with the name and says what to do; never the URL. */
  text: string
}

/**
 * The names of the webhooks that alerts may go to. The default is needed even where every chain has a route: it takes
 * what is about no chain in particular, and chains that are added later.
 */
export function webhookNames(settings: { alerts: AlertRouting }): string[] {
  return [...new Set([DEFAULT_WEBHOOK, ...settings.alerts.routes.map(({ webhook }) => webhook)])]
}

/** The webhooks by the name of their secret; those that are missing or no webhook URL are problems instead. */
export function webhookUrls(
  settings: { alerts: AlertRouting },
  secrets: Secrets,
): { urls: Record<string, string>; problems: WebhookProblem[] } {
  const urls: Record<string, string> = {}
  const problems: WebhookProblem[] = []
  for (const name of webhookNames(settings)) {
    const url = secrets[name]
    if (!url) {
      problems.push({
        name,
        text: `${name} is missing. Make a webhook (channel settings, Integrations, Webhooks, Copy URL) and put its URL into .env.`,
      })
    } else if (/^http:/i.test(url) && URL.canParse(url) && !isThisMachine(new URL(url))) {
      problems.push({
        name,
        text: `${name} begins with http:, which would send its secret and every alert in the clear: write https: instead (http: is taken on this machine alone).`,
      })
    } else if (!/^https?:\/\/[^/]+\/.*webhooks\/\d+\/[^/?]+(\?thread_id=\d+)?$/.test(url)) {
      problems.push({
        name,
        text: `${name} is not a webhook URL: it looks like https://discord.com/api/webhooks/NUMBER/SECRET.`,
      })
    } else urls[name] = url
  }
  return { urls, problems }
}
