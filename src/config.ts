// The configuration: defineConfig() for config.ts, loading it, settings with defaults.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type RegistryChain, registryChain } from './chains/registry.ts'
import { type ConfigInput, configSchema, type ParsedChain, type ParsedConfig } from './config-schema.ts'
import type { FaucetSettings } from './faucet/schema.ts'
import type { Thresholds } from './ibc/assess.ts'
import { parseAmount } from './kernel/amount.ts'
import { HOUR_MS, MINUTE_MS } from './kernel/duration.ts'
import { messageOf, UsageError } from './kernel/errors.ts'

export type { ConfigInput } from './config-schema.ts'

/** Marks an object as a configuration, so that an editor completes and checks it. Returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

export interface Limits {
  inFlight: number
  requestsPerSecond: number
  timeoutMs: number
}

export interface AlertSettings extends Thresholds {
  about: 'live' | 'mine' | 'all'
  mention: string[]
  remindEveryMs: number
}

/** One chain, with everything filled in. */
export interface ChainSettings {
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  /** Name in the chain registry, where it is known there. */
  registryName: string | null
  rest: string[]
  token: { symbol: string; denom: string; decimals: number } | null
  prefix: string | null
  /** `all`, `none` (wallets and far ends only), or the connections that are watched (they are mine). */
  connections: 'all' | 'none' | string[]
  mine: string[]
  ignoreClients: string[]
  alerts: AlertSettings
  limits: Limits
  wallets: { address: string; threshold: string; denom?: string; mention?: string[] }[]
  daemonName: string | null
  /** Where it was named: left out in the configuration; by an admin in the channel; as a far end in the registry. */
  origin?: 'channel' | 'registry'
}

export interface Settings {
  discord: {
    guildId: string | null
    prefix: string | false
    commandChannels: string[] | null
    adminRoles: string[] | null
  }
  alerts: {
    blindAfterMs: number
    blindMentionAfterMs: number
    mention: string[]
    /** Where a chain's alerts go besides the default; `webhook` is the secret's name. */
    routes: { chains: string[]; webhook: string; mention: string[] | null }[]
  }
  schedule: { clients: string; wallets: string; digest: string | false; timezone: string }
  /** Chains at far ends are taken from the chain registry. */
  counterparties: 'registry' | false
  chainsFromChannel: { allowHttpLoopback: boolean }
  /** One for each chain with a faucet; empty: no faucet, and no faucet commands. */
  faucets: readonly FaucetSettings[]
  /** For chains that are not in the configuration. */
  defaults: { alerts: AlertSettings; limits: Limits }
  chains: ChainSettings[]
}

/** Secrets by their environment name; never logged, never printed. */
export type Secrets = Readonly<Record<string, string>>

/** The name of the webhook that alerts go to when no route says otherwise. */
export const DEFAULT_WEBHOOK = 'DISCORD_WEBHOOK_URL'

const DEFAULT_LIMITS: Limits = { inFlight: 32, requestsPerSecond: 20, timeoutMs: 10_000 }

/**
 * Reads a configuration file (`.ts`, `.js` or `.json`; default export or plain object) and fills in defaults and
 * what the chain registry knows.
 * @throws {UsageError} with every problem at once, a line each with its path
 */
export async function loadConfig(file: string): Promise<Settings> {
  return settingsOf(await readConfig(file), file)
}

async function readConfig(file: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new UsageError(
      `There is no configuration at ${path}. Make one with ibc-monitor init CHAIN… or ibc-monitor import PATH, or copy config.example.ts; or name another file with --config FILE.`,
    )
  }
  try {
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'))
    let module = await import(pathToFileURL(path).href)
    // A CommonJS-flavoured file arrives wrapped once more.
    while (module && typeof module === 'object' && 'default' in module) module = module.default
    return module
  } catch (error) {
    throw new UsageError(`${path} could not be read: ${messageOf(error)}`)
  }
}

/**
 * Checks a configuration and fills in everything that was left out.
 * @throws {UsageError} with every problem at once
 */
export async function settingsOf(input: unknown, file = 'the configuration'): Promise<Settings> {
  const parsed = configSchema.safeParse(input)
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(problemLines)
  const chains: ChainSettings[] = []
  const config = parsed.data ?? partial(input)
  if (config) {
    for (const [index, chain] of (config.chains ?? []).entries()) {
      const filled = await fillChain(chain, config, `chains[${index}]`, problems)
      if (!filled) continue
      if (chains.some(({ chainId }) => chainId === filled.chainId)) {
        problems.push(`chains[${index}].chainId: "${filled.chainId}" is there twice`)
      }
      chains.push(filled)
    }
    const written = input as { chains: unknown[]; faucet?: unknown }
    if (written.chains.length === 0 && written.faucet === undefined) {
      problems.push('chains: name at least one chain (or a faucet: it needs none)')
    }
    const known = new Set(chains.map(({ chainId }) => chainId))
    for (const [index, route] of (config.alerts?.routes ?? []).entries()) {
      for (const id of route.chains) {
        if (!known.has(id)) problems.push(`alerts.routes[${index}].chains: "${id}" is not one of the chains`)
      }
    }
  }
  if (problems.length > 0 || !parsed.success) {
    const list = [...new Set(problems)].map((line) => `  ${line}`).join('\n')
    throw new UsageError(
      `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${list}`,
    )
  }
  return withDefaults(parsed.data, chains)
}

/** What of a configuration with problems is good enough to look for further problems in: nothing but its chains' words. */
function partial(input: unknown): ParsedConfig | null {
  const chains = (input as { chains?: unknown } | null)?.chains
  if (!Array.isArray(chains)) return null
  return { chains: chains.filter((chain) => typeof chain === 'string') } as ParsedConfig
}

function withDefaults(config: ParsedConfig, chains: ChainSettings[]): Settings {
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
    chains,
  }
}

async function fillChain(
  chain: ParsedChain | string,
  config: ParsedConfig,
  path: string,
  problems: string[],
): Promise<ChainSettings | null> {
  const written: ParsedChain = typeof chain === 'string' ? { chainId: chain } : chain
  const known: RegistryChain | null = await registryChain(written.chainId)
  if (typeof chain === 'string' && !known) {
    problems.push(
      `${path}: "${chain}" is neither a name nor a chain id in the chain registry; write the chain out`,
    )
    return null
  }
  const rest = written.rest ?? known?.rest ?? []
  if (rest.length === 0) {
    problems.push(
      `${path}.rest: no REST endpoint given, and the chain registry knows none for "${written.chainId}"`,
    )
    return null
  }
  const own = written.alerts ?? {}
  const alerts = alertSettings(config, own)
  if (alerts.criticalAt < alerts.warnAt) {
    const where = own.criticalAt !== undefined || own.warnAt !== undefined ? `${path}.alerts` : 'alerts'
    problems.push(
      `${where}.criticalAt: ${alerts.criticalAt} is below warnAt (${alerts.warnAt}); critical comes after warning`,
    )
  }
  const token = written.token ?? known?.token ?? null
  for (const [index, wallet] of (written.wallets ?? []).entries()) {
    const isOwn =
      wallet.denom === undefined || wallet.denom === token?.denom || wallet.denom === token?.symbol
    if (!token || !isOwn || parseAmount(wallet.threshold, token.decimals) !== null) continue
    problems.push(
      `${path}.wallets[${index}].threshold: ${wallet.threshold} has more decimals than ${token.symbol} (${token.decimals})`,
    )
  }
  return {
    chainId: known && written.chainId === known.registryName ? known.chainId : written.chainId,
    name: written.name ?? known?.name ?? written.chainId,
    registryName: known?.registryName ?? null,
    rest,
    token,
    prefix: written.prefix ?? known?.prefix ?? null,
    connections: written.connections ?? 'all',
    mine: written.mine ?? [],
    ignoreClients: written.ignoreClients ?? [],
    alerts,
    limits: limitSettings(config, written.limits ?? {}),
    wallets: written.wallets ?? [],
    daemonName: known?.daemonName ?? null,
  }
}

function alertSettings(config: ParsedConfig, own: NonNullable<ParsedChain['alerts']>): AlertSettings {
  const all = config.alerts ?? {}
  const left = (value: number | false | undefined, fallback: number | null) =>
    value === undefined ? fallback : value === false ? null : value
  return {
    about: own.about ?? all.about ?? 'live',
    mention: own.mention ?? all.mention ?? [],
    warnAt: own.warnAt ?? all.warnAt ?? 0.8,
    criticalAt: own.criticalAt ?? all.criticalAt ?? 0.9,
    warnWhenLeftMs: left(own.warnWhenLeft ?? all.warnWhenLeft, 6 * HOUR_MS),
    quietWhileLeftMs: left(own.quietWhileLeft ?? all.quietWhileLeft, null),
    remindEveryMs: own.remindEvery ?? all.remindEvery ?? 24 * HOUR_MS,
  }
}

function limitSettings(config: ParsedConfig, own: NonNullable<ParsedChain['limits']>): Limits {
  const all = config.limits ?? {}
  return {
    inFlight: own.inFlight ?? all.inFlight ?? DEFAULT_LIMITS.inFlight,
    requestsPerSecond: own.requestsPerSecond ?? all.requestsPerSecond ?? DEFAULT_LIMITS.requestsPerSecond,
    timeoutMs: own.timeout ?? all.timeout ?? DEFAULT_LIMITS.timeoutMs,
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
