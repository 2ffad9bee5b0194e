// The secrets: which ones a configuration needs, and where they come from: the environment, .env, files, systemd.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import { faucetSecretNames } from '../faucet/schema.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { Settings } from './index.ts'

/** The names of the secrets that these settings use. */
export function secretNames(settings: Settings): string[] {
  const routed = settings.alerts.routes.map(({ webhook }) => webhook)
  return [...new Set(['DISCORD_TOKEN', DEFAULT_WEBHOOK, ...routed, ...faucetSecretNames(settings.faucets)])]
}

/**
 * The environment with what a `.env` beside the configuration adds to it; what is set in the environment wins.
 * @throws {UsageError} when the `.env` cannot be read
 */
export function environment(env: NodeJS.ProcessEnv, configFile: string): NodeJS.ProcessEnv {
  const file = join(dirname(resolve(configFile)), '.env')
  if (!existsSync(file)) return env
  try {
    return { ...parseDotenv(readFileSync(file)), ...env }
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${messageOf(error)}. Give it to the user that runs ibc-monitor.`,
    )
  }
}

/**
 * Collects the secrets of `names` from the environment, a `.env` beside the configuration, and systemd credentials,
 * in this order; `NAME_FILE` names a file that holds the secret. Those that are nowhere are left out.
 * @throws {UsageError} when a `*_FILE` cannot be read, naming the variable, never the secret
 */
export function loadSecrets(names: readonly string[], env: NodeJS.ProcessEnv, configFile: string): Secrets {
  const values = environment(env, configFile)
  const secrets: Record<string, string> = {}
  for (const name of names) {
    const credential = env.CREDENTIALS_DIRECTORY ? join(env.CREDENTIALS_DIRECTORY, name) : ''
    const file = values[`${name}_FILE`] ?? (existsSync(credential) ? credential : undefined)
    const secret = values[name]?.trim() || (file ? readSecret(`${name}_FILE`, file) : '')
    if (secret) secrets[name] = secret
  }
  return secrets
}

function readSecret(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    // Without the name: it may be the secret itself that was set there.
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${variable} names a file that cannot be read (${code ?? 'it is none'})`)
  }
}
