// The settings of what others watch the bot by: the address for Prometheus, and the dead-man's ping.
import { z } from 'zod'
import { HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { closed, duration, envName, orNull } from '../kernel/schema.ts'
import type { SecretProblem, Secrets } from '../kernel/secrets.ts'
import { isThisMachine } from '../net/url-guard.ts'

export type ListenAddress = z.output<typeof address>

/** "127.0.0.1:9464" or "[::1]:9464"; `host` without brackets. */
const address = z.string().transform((text, ctx) => {
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[\d.]+|localhost):(\d{1,5})$/i.exec(text.trim()) ?? []
  const url = `http://${host}`
  if (!URL.canParse(url) || Number(port) < 1 || Number(port) > 65_535) {
    const message = `"${text}" is not an address of this machine with a port, such as "127.0.0.1:9464" or "[::1]:9464"`
    ctx.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const isLoopback = isThisMachine(new URL(url))
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), isLoopback }
})

const every = duration.refine(
  (ms) => ms >= MINUTE_MS / 2 && ms <= HOUR_MS,
  'must be from 30s to 1h: whoever waits for it must miss it soon',
)

/** `token` and `ping.secret` are names of secrets. */
export const opsSchema = closed({
  listen: orNull(address),
  token: orNull(envName),
  ping: orNull(closed({ secret: envName, every: every.default(5 * MINUTE_MS) })),
}).superRefine(({ listen, token }, ctx) => {
  if (!listen || listen.isLoopback || token !== null) return
  const message =
    "others can reach this address, so it needs `ops.token: 'SECRET_NAME'`, the secret that they must send; without one it can be on 127.0.0.1 or [::1] alone"
  ctx.addIssue({ code: 'custom', path: ['listen'], message })
})

export type OpsSettings = z.output<typeof opsSchema>

/** The names of the secrets that these settings use. */
export const opsSecretNames = ({ token, ping }: OpsSettings): string[] =>
  [token, ping?.secret].flatMap((name) => name ?? [])

/** The shortest token that is no guess. */
const TOKEN_MIN = 16

/** What is wrong with these secrets: where the configuration names it, and in words, never the secret itself. */
export function opsSecretProblems({ token, ping }: OpsSettings, secrets: Secrets): SecretProblem[] {
  const problem = (
    place: string,
    name: string | undefined | null,
    isGood: (secret: string) => boolean,
    not: string,
  ) => {
    if (!name) return []
    const secret = secrets[name]
    const missing = `${name} is not set; put it into the environment, .env, a systemd credential, or ${name}_FILE`
    return secret && isGood(secret) ? [] : [{ place, text: secret ? `${name} ${not}` : missing }]
  }
  const isToken = (secret: string) => secret.length >= TOKEN_MIN && /^[\x21-\x7e]+$/.test(secret)
  const isUrl = (secret: string) => /^https?:\/\/[^\s/]/i.test(secret) && URL.canParse(secret)
  return [
    ...problem(
      'ops.token',
      token,
      isToken,
      `must have ${TOKEN_MIN} characters or more, without spaces: openssl rand -hex 32`,
    ),
    ...problem('ops.ping.secret', ping?.secret, isUrl, 'is not a URL that begins with https:// or http://'),
  ]
}
