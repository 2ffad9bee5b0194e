// The configuration: defineConfig() for config.ts, loading it, settings with defaults.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ChainsSettings, doubtLine } from '../chains/settings.ts'
import type { FaucetSettings } from '../faucet/schema.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { UsageError } from '../kernel/errors.ts'
import { loadProblem, parseJsonFile } from '../words/syntax.ts'
import { alertSettings, type Found, fillEntry, limitSettings, routed, settleUndecided } from './chains.ts'
import { type ConfigInput, configSchema, type ParsedConfig } from './schema.ts'

export type { ConfigInput } from './schema.ts'

/** Marks an object as a configuration, so that an editor completes and checks it. Returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

export interface Settings extends ChainsSettings {
  discord: {
    guildId: string | null
    prefix: string | false
    commandChannels: string[] | null
    adminRoles: string[] | null
  }
  schedule: { clients: string; wallets: string; digest: string | false; timezone: string }
  /** One for each chain with a faucet; empty: no faucet, and no faucet commands. */
  faucets: readonly FaucetSettings[]
}

/**
 * Reads a configuration file (`.ts`, `.js` or `.json`; default export or plain object) and fills in defaults and
 * what the chain registry knows. Nothing may be left to do (see `refuseNothingToDo`).
 * @throws {UsageError} with every problem at once, a line each with its path
 */
export async function loadConfig(file: string): Promise<Settings> {
  return filledIn(await readConfig(file), file)
}

async function readConfig(file: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new UsageError(
      `There is no configuration at ${path}. Make one with ibc-monitor init CHAIN… or ibc-monitor import PATH, or copy config.example.ts; or name another file with --config FILE. For one look at a chain nothing is needed: ibc-monitor check cosmoshub.`,
    )
  }
  try {
    if (path.endsWith('.json')) return parseJsonFile(readFileSync(path, 'utf8'))
    let module = await import(pathToFileURL(path).href)
    // A CommonJS-flavoured file arrives wrapped once more.
    while (module && typeof module === 'object' && 'default' in module) module = module.default
    return module
  } catch (error) {
    throw new UsageError(`${path} could not be read: ${loadProblem(error, path)}`)
  }
}

/**
 * Checks a configuration and fills in everything that was left out.
 * @throws {UsageError} with every problem at once; where there is no chain that can be watched, and no faucet
 */
export async function settingsOf(input: unknown, file = 'the configuration'): Promise<Settings> {
  const settings = await filledIn(input, file)
  refuseNothingToDo(settings, settings.chains.length, file)
  return settings
}

/**
 * Refuses to run where neither a chain nor a faucet is left. `watched` is how many chains are.
 * @throws {UsageError} that says why none of the chains can be watched
 */
export function refuseNothingToDo(settings: Settings, watched: number, file = 'the configuration'): void {
  if (watched + settings.undecided.length + settings.faucets.length > 0) return
  throw new UsageError(problemText(file, settings.unwatched.map(doubtLine)))
}

function problemText(file: string, problems: readonly string[]): string {
  const list = [...new Set(problems)].map((line) => `  ${line}`).join('\n')
  return `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${list}`
}

/** With a gap for each chain that is written wrongly. */
type WrittenConfig = Omit<ParsedConfig, 'chains'> & { chains: (ParsedConfig['chains'][number] | undefined)[] }

/** Like `settingsOf`, and nothing may be left to do (see `refuseNothingToDo`). @throws {UsageError} */
export async function filledIn(input: unknown, file: string): Promise<Settings> {
  const parsed = configSchema.safeParse(input)
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(problemLines)
  const found: Found = { chains: [], undecided: [], unwatched: [], doubts: [] }
  const config: WrittenConfig | null = parsed.data ?? partial(input)
  if (config) {
    for (const [index, entry] of (config.chains ?? []).entries()) {
      if (entry !== undefined) await fillEntry(entry, config, `chains[${index}]`, found, problems)
    }
    const ids = [...found.chains, ...found.undecided.map(({ said }) => said)]
    for (const [at, { chainId, place }] of ids.entries()) {
      if (ids.findIndex((other) => other.chainId === chainId) !== at)
        problems.push(`${place}.chainId: "${chainId}" is there twice`)
    }
    settleUndecided(found)
    const written = input as { chains: unknown[]; faucet?: unknown }
    if (written.chains.length === 0 && written.faucet === undefined) {
      problems.push('chains: name at least one chain (or a faucet: it needs none)')
    }
    for (const [index, route] of (config.alerts?.routes ?? []).entries()) {
      route.chains = routed(route.chains, `alerts.routes[${index}].chains`, found, problems)
    }
  }
  if (problems.length > 0 || !parsed.success) {
    throw new UsageError(problemText(file, [...problems, ...found.unwatched.map(doubtLine)]))
  }
  return withDefaults(parsed.data, found)
}

/**
 * What of a configuration with problems is good enough to look for further problems in: nothing but its chains' words,
 * each in its place.
 */
function partial(input: unknown): WrittenConfig | null {
  const chains = (input as { chains?: unknown } | null)?.chains
  if (!Array.isArray(chains)) return null
  const isWord = (chain: unknown) => typeof chain === 'string' && !chain.includes('://')
  return { chains: chains.map((chain) => (isWord(chain) ? chain : undefined)) }
}

function withDefaults(config: ParsedConfig, found: Found): Settings {
  const { discord = {}, alerts = {}, schedule = {} } = config
  return {
    discord: {
      guildId: discord.guildId ?? null,
      prefix: discord.prefix ?? '$',
      commandChannels: discord.commandChannels ?? null,
      adminRoles: discord.adminRoles ?? null,
    },
    alerts: {
      blindAfterMs: alerts.blindAfter ?? 10 * MINUTE_MS,
      blindMentionAfterMs: alerts.blindMentionAfter ?? 6 * HOUR_MS,
      mention: alerts.mention ?? [],
      routes: (alerts.routes ?? []).map((route) => ({ ...route, mention: route.mention ?? null })),
    },
    schedule: {
      clients: schedule.clients ?? '*/10 * * * *',
      wallets: schedule.wallets ?? '*/15 * * * *',
      digest: schedule.digest ?? '0 9 * * 1',
      timezone: schedule.timezone ?? 'UTC',
    },
    counterparties: config.counterparties ?? false,
    chainsFromChannel: { allowHttpLoopback: config.chainsFromChannel?.allowHttpLoopback ?? false },
    faucets: config.faucet ?? [],
    defaults: { alerts: alertSettings(config, {}), limits: limitSettings(config, {}) },
    ...found,
  }
}

/** One zod issue as lines such as `chains[2].rest[0]: not a URL`. */
function problemLines(issue: { path: PropertyKey[]; message: string }): string[] {
  const path = pathText(issue.path)
  return issue.message.split('\n').map((line) => {
    const [key, text] = line.includes('\0') ? line.split('\0') : [null, line]
    const at = key === null ? path : pathText([...issue.path, key!])
    return `${at || 'the configuration'}: ${text}`
  })
}

function pathText(path: PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text ? `${text}.${String(part)}` : String(part)
  }, '')
}
