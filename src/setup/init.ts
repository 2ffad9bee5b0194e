// `init`: writes config.ts and .env for chains of the chain registry, checked on the chains where these answer.
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { type RegistryChain, registryConnections, registryMeant, registryNear } from '../chains/registry.ts'
import { twoChains } from '../config/chains.ts'
import { settingsOf } from '../config/index.ts'
import { createPool } from '../cosmos/endpoints.ts'
import type { ChainPool } from '../cosmos/types.ts'
import { systemClock } from '../kernel/clock.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { createLogger } from '../kernel/logger.ts'
import { planFromRegistry } from './init-plan.ts'
import { planGuild } from './plan-guild.ts'
import { planConfigFile, planEnvFile, writeFile } from './write.ts'

export interface InitOptions {
  /** Registry names or chain ids. */
  chains: readonly string[]
  /** The configuration file to write; `.env` is beside it. */
  config: string
}

/** The seams for tests: the registry, and how a chain is asked. */
export interface InitOverrides {
  registry?: (nameOrId: string) => Promise<RegistryChain | null>
  connections?: typeof registryConnections
  openPool?: (chainId: string, rest: readonly string[]) => ChainPool
}

/** A first look at public endpoints: gentle, and not waiting long for the dead ones. */
const LIMITS = { inFlight: 4, requestsPerSecond: 4, timeoutMs: 6_000 }

/**
 * Writes a new configuration. Returns the exit code, 0.
 * @throws {UsageError} for a chain that the registry does not know, or when there is a configuration already
 */
export async function runInit(options: InitOptions, io: Io, overrides: InitOverrides = {}): Promise<number> {
  const path = resolve(options.config)
  if (options.chains.length === 0) {
    throw new UsageError(
      'Name the chains to watch, as the chain registry calls them: ibc-monitor init cosmoshub osmosis',
    )
  }
  if (existsSync(path)) {
    throw new UsageError(
      `${path} is already there, and init never overwrites. --config FILE writes another file.`,
    )
  }
  const say = (line: string) => peopleStream(io).write(`${line}\n`)
  const chains = await knownChains(options.chains, overrides.registry)
  say(`Asking ${chains.map(({ name, rest }) => `${name} (${rest.length} endpoints)`).join(', ')} …`)
  const plan = await planFromRegistry(chains, {
    connections: overrides.connections ?? registryConnections,
    openPool: overrides.openPool ?? openPool,
  })
  for (const line of plan.report) say(`  ${line}`)
  const guild = await planGuild(plan, io.env, path)
  if (guild !== null) say(`  ${guild}`)
  // What is written loads: anything else would be a mistake of this program.
  await settingsOf(plan.config, 'what would be written')
  const head = [
    `What is watched and who is told: ${chains.map(({ name }) => name).join(', ')}, from the chain registry.`,
    'Everything that can be set is in config.example.ts; secrets are in .env.',
  ]
  const config = planConfigFile(path, { ...plan, head })
  const env = planEnvFile(path, {})
  writeFile(config)
  writeFile(env)
  const shown = (file: string) => (relative('', file).startsWith('..') ? file : relative('', file))
  say(`${shown(config.path)}: written`)
  say(
    `${shown(env.path)}: ${env.state === 'new' ? 'written' : env.state === 'same' ? 'already there' : 'missing lines added'}`,
  )
  say('Next: fill in .env, then ibc-monitor doctor (what is wrong and how to mend it), then npm start')
  return 0
}

async function knownChains(
  words: readonly string[],
  registry?: InitOverrides['registry'],
): Promise<RegistryChain[]> {
  const meant = async (word: string) =>
    registry ? [await registry(word)].filter((one) => one !== null) : registryMeant(word)
  const chains = new Map<string, RegistryChain>()
  const problems: string[] = []
  for (const word of words) {
    const exact = await meant(word)
    const [chain, other] = exact.length > 0 ? exact : await meant(word.toLowerCase())
    if (chain && other) problems.push(twoChains(word, chain, other))
    else if (!chain)
      problems.push(`"${word}" is neither a name nor a chain id in the chain registry${didYouMean(word)}`)
    else if (chain.rest.length === 0) {
      problems.push(
        `The chain registry has no REST endpoint for ${chain.chainId}; write it into a config.ts by hand.`,
      )
    } else chains.set(chain.chainId, chain)
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return [...chains.values()]
}

function didYouMean(word: string): string {
  const near = registryNear(word)
  return near === null ? '.' : `; did you mean ${near}?`
}

function openPool(chainId: string, rest: readonly string[]): ChainPool {
  return createPool({ chainId, rest, limits: LIMITS, clock: systemClock, logger: createLogger('silent') })
}
