// The configuration: defineConfig() for config.ts, loading it, settings with defaults.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { Worker } from 'node:worker_threads'
import { ALERT_DEFAULTS, type AlertRouting } from '../alerts/settings.ts'
import { type ChainsSettings, doubtLine, LIMIT_DEFAULTS } from '../chains/settings.ts'
import type { FaucetSettings } from '../faucet/schema.ts'
import { systemClock } from '../kernel/clock.ts'
import { decodeText } from '../kernel/decode.ts'
import { UsageError } from '../kernel/errors.ts'
import { pathText } from '../kernel/schema.ts'
import { loadProblem, parseJsonFile } from '../words/syntax.ts'
import {
  type ChainDefaults,
  type ChainsFound,
  dropTwins,
  fillEntry,
  routed,
  settleUndecided,
} from './chains.ts'
import { type ConfigInput, configSchema, type ParsedConfig } from './schema.ts'

export type { ConfigInput } from './schema.ts'

/** Marks an object as a configuration, so that an editor completes and checks it. Returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

export interface Settings
  extends ChainsSettings,
    Pick<ParsedConfig, 'discord' | 'schedule' | 'ops' | 'standby'> {
  /** One for each chain with a faucet; empty: no faucet, and no faucet commands. */
  faucets: readonly FaucetSettings[]
}

/** Base of Discord's API, without a version. */
export const discordApiBase = (env: NodeJS.ProcessEnv): string =>
  env.DISCORD_API_BASE || 'https://discord.com/api'

/**
 * Reads a configuration file (`.ts`, `.js` or `.json`; default export or plain object) and fills in defaults and
 * what the chain registry knows. Nothing may be left to do (see `refuseNothingToDo`).
 * @throws {UsageError} with every problem at once, a line each with its path
 */
export async function loadConfig(file: string): Promise<Settings> {
  return filledIn(await readConfig(file), file)
}

/** What a configuration file says, unchecked. @throws {UsageError} when it is not there or cannot be read */
export async function readConfig(file: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new UsageError(
      `There is no configuration at ${path}. Make one with ibc-monitor init CHAIN… or ibc-monitor import PATH, or copy config.example.ts; or name another file with --config FILE. For one look at a chain nothing is needed: ibc-monitor check cosmoshub.`,
    )
  }
  try {
    if (path.endsWith('.json')) return parseJsonFile(decodeText(readFileSync(path)))
    let module = await import(pathToFileURL(path).href)
    // A CommonJS-flavoured file arrives wrapped once more.
    while (module && typeof module === 'object' && 'default' in module) module = module.default
    // With a name for each part, and no default: as plain as the others.
    return types.isModuleNamespaceObject(module) ? { ...module } : module
  } catch (error) {
    throw new UsageError(`${path} could not be read: ${loadProblem(error, path)}`)
  }
}

/** A file that is computed longer than this, or that waits for something, is not waited for. */
const READ_AGAIN_MS = 30_000

/**
 * What a configuration file says now: a module is loaded once in a process, so it is read in a thread of its own, where
 * also one that never ends, or ends the process, holds up nothing.
 * @throws {UsageError} as `readConfig` does
 */
export async function readConfigAgain(file: string): Promise<unknown> {
  const worker = new Worker(new URL('./read-again.js', import.meta.url), { workerData: file })
  const read = new Promise<unknown>((done, reject) => {
    const refuse = (reason: string) => reject(new UsageError(`${resolve(file)} could not be read: ${reason}`))
    worker.on('message', ({ config, problem }) =>
      problem === undefined ? done(config) : reject(new UsageError(problem)),
    )
    worker.on('error', (error) => refuse(loadProblem(error, file)))
    worker.on('exit', () => refuse('it ended the thread that reads it'))
    const late = () => refuse('it takes longer than 30 s')
    worker.on('exit', systemClock.at(systemClock.now() + READ_AGAIN_MS, late))
  })
  return read.finally(() => worker.terminate())
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

/** What is looked through for further problems; with a gap for each chain that is written wrongly. */
interface Legible {
  chains: (ParsedConfig['chains'][number] | undefined)[]
  routes: AlertRouting['routes']
  pagers: AlertRouting['pagers']
  defaults: ChainDefaults
}

/** Like `settingsOf`, and nothing may be left to do (see `refuseNothingToDo`). @throws {UsageError} */
export async function filledIn(input: unknown, file: string): Promise<Settings> {
  const parsed = configSchema.safeParse(input)
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(problemLines)
  const found: ChainsFound = { chains: [], undecided: [], unwatched: [], doubts: [] }
  const config: Legible | null = parsed.success ? legible(parsed.data) : legibleAfterAll(input)
  if (config) {
    for (const [index, entry] of config.chains.entries()) {
      if (entry !== undefined) await fillEntry(entry, config.defaults, `chains[${index}]`, found, problems)
    }
    const words = config.chains.flatMap((entry, at) => (typeof entry === 'string' ? `chains[${at}]` : []))
    dropTwins(found, new Set(words))
    const ids = [...found.chains, ...found.undecided.map(({ said }) => said)]
    const seen = new Set<string>()
    for (const { chainId, place } of ids) {
      if (seen.has(chainId)) problems.push(`${place}.chainId: "${chainId}" is there twice`)
      seen.add(chainId)
    }
    settleUndecided(found)
    const written = input as { chains: unknown[]; faucet?: unknown }
    if (written.chains.length === 0 && written.faucet === undefined) {
      problems.push('chains: name at least one chain (or a faucet: it needs none)')
    }
    for (const [index, route] of config.routes.entries()) {
      route.chains = await routed(route.chains, `alerts.routes[${index}].chains`, found, problems)
    }
    for (const [index, pager] of config.pagers.entries()) {
      if (pager.chains === null) continue
      pager.chains = await routed(pager.chains, `alerts.pagers[${index}].chains`, found, problems)
    }
  }
  if (problems.length > 0 || !parsed.success) {
    throw new UsageError(problemText(file, [...problems, ...found.unwatched.map(doubtLine)]))
  }
  const { alerts, limits: _, chains: _written, faucet: faucets, ...settings } = parsed.data
  return { ...settings, ...found, alerts: alerts.routing, faucets, defaults: config!.defaults }
}

const legible = ({ chains, alerts, limits }: ParsedConfig): Legible => ({
  chains,
  routes: alerts.routing.routes,
  pagers: alerts.routing.pagers,
  defaults: { alerts: { ...ALERT_DEFAULTS, ...alerts.ofAll }, limits: { ...LIMIT_DEFAULTS, ...limits } },
})

/**
 * What of a configuration with problems is good enough to look for further problems in: nothing but its chains' words,
 * each in its place.
 */
function legibleAfterAll(input: unknown): Legible | null {
  const chains = (input as { chains?: unknown } | null)?.chains
  if (!Array.isArray(chains)) return null
  const isWord = (chain: unknown) => typeof chain === 'string' && !chain.includes('://')
  return {
    chains: chains.map((chain) => (isWord(chain) ? chain : undefined)),
    routes: [],
    pagers: [],
    defaults: { alerts: ALERT_DEFAULTS, limits: LIMIT_DEFAULTS },
  }
}

/** One zod issue as lines such as `chains[2].rest[0]: not a URL`. */
function problemLines(issue: { path: PropertyKey[]; message: string }): string[] {
  const path = pathText(issue.path)
  return wrongType(issue.message)
    .split('\n')
    .map((line) => {
      const [key, text] = line.includes('\0') ? line.split('\0') : [null, line]
      const at = key === null ? path : pathText([...issue.path, key!])
      return `${at || 'the configuration'}: ${text}`
    })
}

/** A number in place of a word, and one word in place of a list, in words that say what to do. */
function wrongType(message: string): string {
  const [, wanted, given] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? []
  if (wanted === 'string' && (given === 'number' || given === 'bigint'))
    return 'a number here is written in quotes, else its last digits are lost'
  return wanted === 'array' && given !== 'undefined' ? 'a list is written in brackets: […]' : message
}
