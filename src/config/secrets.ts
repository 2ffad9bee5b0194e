// The secrets: which ones a configuration needs, and where they come from: the environment, .env, files, systemd.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { webhookSecrets } from '../alerts/webhooks.ts'
import { faucetSecretNames } from '../faucet/schema.ts'
import { decodeText } from '../kernel/decode.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import type { Secrets } from '../kernel/secrets.ts'
import { opsSecretNames } from '../ops/settings.ts'
import { endpointSecretNames } from './endpoint-secrets.ts'
import { type EnvDoubt, type EnvFile, environmentDoubt, readEnvFile } from './env-file.ts'
import type { Settings } from './index.ts'

/** The names of the secrets that these settings use. */
export function secretNames(settings: Settings): string[] {
  const others = [
    ...faucetSecretNames(settings.faucets),
    ...endpointSecretNames(settings),
    ...opsSecretNames(settings.ops),
    ...settings.alerts.pagers.map(({ secret }) => secret),
  ]
  return [...new Set(['DISCORD_TOKEN', ...webhookSecrets(settings), ...others])]
}

/** Under these names a secret is taken too, where its own name is not set. */
export const ALSO_NAMED: Readonly<Record<string, string>> = { DISCORD_TOKEN: 'DISCORD_BOT_TOKEN' }

/** The `.env` beside a configuration. */
export const envFileOf = (configFile: string): string => join(dirname(resolve(configFile)), '.env')

/** @throws {UsageError} when it is there and cannot be read */
function envFile(configFile: string): EnvFile {
  const file = envFileOf(configFile)
  if (!existsSync(file)) return { values: {}, doubts: [] }
  try {
    return readEnvFile(readFileSync(file))
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${messageOf(error)}. Give it to the user that runs ibc-monitor.`,
    )
  }
}

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ''

/**
 * The environment with what a `.env` beside the configuration adds to it; what is set in the environment wins, and
 * what is empty there is not set.
 * @throws {UsageError} when the `.env` cannot be read
 */
export function environment(env: NodeJS.ProcessEnv, configFile: string): NodeJS.ProcessEnv {
  const set = Object.entries(env).filter(([, value]) => isSet(value))
  return { ...envFile(configFile).values, ...Object.fromEntries(set) }
}

/** Like `environment`; a `.env` that cannot be read is said by whoever needs it. */
export function readableEnvironment(env: NodeJS.ProcessEnv, configFile: string): NodeJS.ProcessEnv {
  try {
    return environment(env, configFile)
  } catch {
    return env
  }
}

/**
 * Variables whose value may not be what was meant: in the `.env` all, in the environment the secrets of `names`.
 * @throws {UsageError} when the `.env` cannot be read
 */
export function envDoubts(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  configFile: string,
): { variable: string; doubt: EnvDoubt }[] {
  const { values, doubts } = envFile(configFile)
  const given = names
    .flatMap((name) => [name, ALSO_NAMED[name] ?? []].flat())
    .filter((name) => env[name] !== values[name])
  const ofEnvironment = given.flatMap((name) => environmentDoubt(name, env[name] ?? '') ?? [])
  return [...doubts, ...ofEnvironment].map((doubt) => ({
    variable: doubt.line === null ? doubt.name : `${doubt.name} in line ${doubt.line} of .env`,
    doubt,
  }))
}

/**
 * Collects the secrets of `names` from the environment, a `.env` beside the configuration, and systemd credentials,
 * in this order; `NAME_FILE` names a file that holds the secret. Those that are nowhere are left out.
 * @throws {UsageError} when a `*_FILE` cannot be read, naming the variable, never the secret
 */
export function loadSecrets(names: readonly string[], env: NodeJS.ProcessEnv, configFile: string): Secrets {
  const values = environment(env, configFile)
  const secretOf = (name: string): string => {
    const credential = env.CREDENTIALS_DIRECTORY ? join(env.CREDENTIALS_DIRECTORY, name) : ''
    const file = values[`${name}_FILE`] || (existsSync(credential) ? credential : undefined)
    return values[name]?.trim() || (file ? readSecret(`${name}_FILE`, file) : '')
  }
  const secrets: Record<string, string> = {}
  for (const name of names) {
    const other = ALSO_NAMED[name]
    const secret = secretOf(name) || (other ? secretOf(other) : '')
    if (secret) secrets[name] = secret
  }
  return secrets
}

function readSecret(variable: string, file: string): string {
  try {
    return decodeText(readFileSync(file)).trim()
  } catch (error) {
    // Without the name: it may be the secret itself that was set there.
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`${variable} names a file that cannot be read (${code ?? 'it is none'})`)
  }
}
