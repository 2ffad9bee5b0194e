// `init`: writes config.ts and .env for chains of the chain registry, checked on the chains where these answer.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type RegistryChain, registryConnections, registryMeant } from '../chains/registry.ts'
import { registryCopy, sharedWord, shownWord, unaskable, unknownWord } from '../chains/registry-words.ts'
import { settingsOf } from '../config/index.ts'
import { endpointsAt } from '../cosmos/endpoint-name.ts'
import { createPool } from '../cosmos/endpoints.ts'
import type { ChainPool } from '../cosmos/types.ts'
import { type Address, addressProblemText, decodeAddress } from '../kernel/address.ts'
import { systemClock } from '../kernel/clock.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { createLogger } from '../kernel/logger.ts'
import { shorten } from '../words/text.ts'
import { planFromRegistry, shownReport } from './init-plan.ts'
import { planGuild } from './plan-guild.ts'
import { HEAD, planConfigFile, planEnvFile, shownPath, writeFile } from './write.ts'

export interface InitOptions {
  /** Registry names or chain ids. */
  chains: readonly string[]
  /** Addresses of relayers, on any chain: what they update is `mine`. */
  relayer?: readonly string[]
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

/** However many chains are named, what matters is a screen: what was found out, and which words were left out. */
const MOST_FOUND = 10
const MOST_LEFT_OUT = 4
/** More than these are not called by their names. */
const MOST_NAMES = 4

/**
 * Writes a new configuration. Returns the exit code: 0; 2 where a word names no chain that can be asked, which is left
 * out; 3 where no endpoint could be verified.
 * @throws {UsageError} when no word names a chain, or when there is a configuration already
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
  const relayers = (options.relayer ?? []).map(relayerOf)
  const say = (line: string) => peopleStream(io).write(`${line}\n`)
  const { chains, problems } = await knownChains(options.chains, overrides.registry)
  if (chains.length === 0) throw new UsageError([...problems.values()].join('\n'))
  const explained = problems.size > MOST_LEFT_OUT ? MOST_LEFT_OUT - 1 : problems.size
  for (const why of [...problems.values()].slice(0, explained)) say(`Left out: ${why}`)
  const more = [...problems.keys()].slice(explained)
  if (more.length > 0) say(`Left out, too: ${shorten(more.map(shownWord).join(', '), 500)}`)
  const endpoints = chains.reduce((sum, { rest }) => sum + rest.length, 0)
  const isMany = chains.length > MOST_NAMES
  const named = isMany
    ? `${chains.length} chains (${endpoints} endpoints)`
    : chains.map(({ name, rest }) => `${name} (${rest.length} endpoints)`).join(', ')
  say(`From the chain registry, ${registryCopy()}. Asking ${named} …`)
  const plan = await planFromRegistry(chains, {
    relayers,
    connections: overrides.connections ?? registryConnections,
    openPool: overrides.openPool ?? openPool,
  })
  for (const line of shownReport(plan, MOST_FOUND)) say(`  ${line}`)
  const guild = await planGuild(plan, io.env, path)
  if (guild !== null) say(`  ${guild}`)
  // What is written loads: anything else would be a mistake of this program.
  await settingsOf(plan.config, 'what would be written')
  const called = isMany ? `${chains.length} chains` : chains.map(({ name }) => name).join(', ')
  const head = [
    `What is watched and who is told: ${called}, from the chain registry, ${registryCopy()}.`,
    HEAD,
  ]
  const config = planConfigFile(path, { ...plan, head })
  const env = planEnvFile(path, {})
  writeFile(config)
  writeFile(env)
  say(`${shownPath(config)}: written`)
  const state =
    env.state === 'new' ? 'written' : env.state === 'same' ? 'already there' : 'missing lines added'
  say(`${shownPath(env)}: ${state}`)
  if (plan.answered === 0)
    say('No endpoint could be verified: is there a network? Nothing was checked on the chains.')
  else if (relayers.length === 0)
    say('With --relayer ADDRESS … init fills in as `mine` what your relayer updates, where chains tell.')
  say('Next: fill in .env, then ibc-monitor doctor (what is wrong and how to mend it), then npm start')
  return plan.answered === 0 ? 3 : problems.size > 0 ? 2 : 0
}

/** @throws {UsageError} for what is no address */
function relayerOf(text: string): Address {
  const decoded = decodeAddress(text)
  if (decoded.ok) return decoded
  throw new UsageError(
    `--relayer ${shownWord(text)}: ${addressProblemText(decoded.reason, text)}. Chains stand before it: ibc-monitor init cosmoshub --relayer cosmos1…`,
  )
}

/** The chains of the registry that the words name, each once; and what is wrong with each of the other words. */
async function knownChains(
  words: readonly string[],
  registry?: InitOverrides['registry'],
): Promise<{ chains: RegistryChain[]; problems: Map<string, string> }> {
  const chains = new Map<string, RegistryChain>()
  const problems = new Map<string, string>()
  for (const word of words) {
    const meant = registry ? [await registry(word)].filter((one) => one !== null) : await registryMeant(word)
    const [chain] = meant
    if (!chain) {
      const { reason, near } = unknownWord(word)
      problems.set(word, `${reason}${near === null ? '.' : `; did you mean ${near}?`}`)
      continue
    }
    const why = meant.length > 1 ? sharedWord(word, meant) : unaskable(chain)
    if (why) problems.set(word, `${why.reason}; ${why.mend}.`)
    else chains.set(chain.chainId, chain)
  }
  return { chains: [...chains.values()], problems }
}

function openPool(chainId: string, rest: readonly string[]): ChainPool {
  const shared = { limits: LIMITS, clock: systemClock, logger: createLogger('silent') }
  return createPool({ chainId, rest: endpointsAt(rest), ...shared })
}
