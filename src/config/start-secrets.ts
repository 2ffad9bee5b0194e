// What a start needs of the secrets: the token, the webhooks, and what else the configuration names.
import { pagerTargets } from '../alerts/pagers/targets.ts'
import { webhookUrls } from '../alerts/webhooks.ts'
import { createOwnWebhooks } from '../discord/own-webhooks.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Secrets, secretProblemLine } from '../kernel/secrets.ts'
import { opsSecretProblems } from '../ops/settings.ts'
import { withEndpointSecrets } from './endpoint-secrets.ts'
import type { Settings } from './index.ts'

/** The settings with the secrets of their endpoints, and the ways to Discord. @throws {UsageError} for missing or malformed ones */
export function withStartSecrets(of: { settings: Settings; secrets: Secrets; discordApiBase: string }) {
  const { settings: written, secrets, discordApiBase: apiBase } = of
  const { urls: webhooks, around, problems: ofWebhooks } = webhookUrls(written, secrets)
  const { pagers, problems: ofPagers } = pagerTargets(written, secrets)
  const { settings, problems: ofHeaders } = withEndpointSecrets(written, secrets)
  const problems = [...ofWebhooks, ...ofPagers, ...ofHeaders, ...opsSecretProblems(written.ops, secrets)]
  if (problems.length > 0) throw new UsageError(problems.map(secretProblemLine).join('\n'))
  const token = tokenOf(secrets)
  return { settings, webhooks, pagers, around, own: createOwnWebhooks({ token, apiBase }), token }
}

function tokenOf({ DISCORD_TOKEN: token }: Secrets): string {
  if (token) return token
  throw new UsageError(
    'DISCORD_TOKEN is missing. Put the token of your bot into .env or the environment (Discord Developer Portal, your application, Bot, Reset Token).',
  )
}
