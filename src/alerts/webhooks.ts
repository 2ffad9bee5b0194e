// Which webhooks the settings need (pure): their URLs out of the secrets, and what is wrong with those that are not right.
import type { SecretProblem, Secrets } from '../kernel/secrets.ts'
import { isThisMachine } from '../net/url-guard.ts'
import { channelAddress } from './outbox/channels.ts'
import { type AlertRouting, DEFAULT_WEBHOOK } from './settings.ts'

/**
 * The ways that alerts may go, each with the secret that holds its webhook's URL, and the channel in place of that, if
 * any. The default is needed even where every chain has a route: it takes what is about no chain in particular, and
 * chains that are added later.
 */
function waysOf({ alerts }: { alerts: AlertRouting }) {
  const names = new Set([DEFAULT_WEBHOOK, ...alerts.routes.map(({ webhook }) => webhook)])
  return [...names].map((name) => {
    const channel = alerts.channels[name]
    return { name, channel, secret: channel ? channel.around : name }
  })
}

/** The names of the secrets that hold webhooks. */
export const webhookSecrets = (settings: { alerts: AlertRouting }): string[] =>
  waysOf(settings).flatMap(({ secret }) => secret ?? [])

/**
 * The ways by name: the URLs of webhooks, and the addresses of channels (see `outbox/channels.ts`) with the URLs of the
 * ways around them. Secrets that are missing or no webhook URL are problems instead.
 */
export function webhookUrls(
  settings: { alerts: AlertRouting },
  secrets: Secrets,
): { urls: Record<string, string>; around: Record<string, string>; problems: SecretProblem[] } {
  const urls: Record<string, string> = {}
  const around: Record<string, string> = {}
  const problems: SecretProblem[] = []
  const problem = (place: string, text: string) => void problems.push({ place, text: `${place} ${text}` })
  for (const { name: way, secret: name, channel } of waysOf(settings)) {
    const url = name === null ? undefined : secrets[name]
    if (channel) urls[way] = channelAddress(channel.id)
    if (name === null) continue
    if (!url) {
      if (channel) continue
      problem(
        name,
        `is missing. Make a webhook (channel settings, Integrations, Webhooks, Copy URL) and put its URL into .env, or name a channel in \`${way === DEFAULT_WEBHOOK ? 'alerts.channel' : 'alerts.routes[].channel'}\`, where the bot makes its own.`,
      )
    } else if (/^http:/i.test(url) && URL.canParse(url) && !isThisMachine(new URL(url))) {
      problem(
        name,
        'begins with http:, which would send its secret and every alert in the clear: write https: instead (http: is taken on this machine alone).',
      )
    } else if (!/^https?:\/\/[^/]+\/.*webhooks\/\d+\/[^/?]+(\?thread_id=\d+)?$/.test(url)) {
      problem(
        name,
        'is not a webhook URL: it looks like https://discord.com/api/webhooks/NUMBER/SECRET, for a thread with ?thread_id=ID after it.',
      )
    } else if (channel) around[channel.id] = url
    else urls[way] = url
  }
  return { urls, around, problems }
}
