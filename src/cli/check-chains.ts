// Which chains `check` is to read: those of the configuration, of the chain registry by name, or behind a REST address.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { whichOne } from '../chains/find.ts'
import { chainsMeant, type Named } from '../chains/names.ts'
import { registryMeant } from '../chains/registry.ts'
import { sharedWord, unknownWord } from '../chains/registry-words.ts'
import type { ChainSettings, Doubt, Unwatched } from '../chains/settings.ts'
import { whichChain } from '../chains/undecided.ts'
import { endpointSecretNames, withEndpointSecrets } from '../config/endpoint-secrets.ts'
import { filledIn, loadConfig, type Settings } from '../config/index.ts'
import { loadSecrets } from '../config/secrets.ts'
import { isSameAddress } from '../cosmos/endpoint-name.ts'
import { probeEndpoint } from '../cosmos/probe.ts'
import { messageOf, UpstreamError, UsageError } from '../kernel/errors.ts'
import { nearest } from '../kernel/nearest.ts'
import { secretProblemLine } from '../kernel/secrets.ts'
import { someOf } from '../words/text.ts'

/** What is read, what cannot be, and what is not as it seems. */
export interface ChainsToCheck {
  chains: ChainSettings[]
  unwatched: Unwatched[]
  doubts: Doubt[]
}

const NOTHING: ChainsToCheck = { chains: [], unwatched: [], doubts: [] }

const BY_ADDRESS = 'A chain that is not registered is read by its REST address: ibc-monitor check https://…'

const PROBE = { timeoutMs: 10_000, maxBodyBytes: 4 * 1024 * 1024 }

/**
 * The chains that `words` name: by the configuration where there is one and it knows them, else by the chain registry,
 * or by a REST address. No words: all of the configuration. `isNamed`: the file was named, so it has to be there.
 * @throws {UsageError} for a word that names no chain, and for a configuration with problems
 */
export async function chainsToCheck(
  words: readonly string[],
  config: { file: string; isNamed: boolean; env: NodeJS.ProcessEnv },
): Promise<ChainsToCheck> {
  const isThere = config.isNamed || words.length === 0 || existsSync(resolve(config.file))
  const all = isThere ? await decided(withSecrets(await loadConfig(config.file), config)) : NOTHING
  if (words.length === 0) return all
  if (words.some((word) => word.trim() === '')) throw new UsageError('the name of a chain must not be empty')
  const found = await Promise.all(
    [...new Set(words)].map((word) => (/^[a-z]+:\/\//i.test(word) ? byAddress : byName)(word, all)),
  )
  const unwatched = found.flatMap((one) => one.unwatched)
  return {
    chains: eachOnce(found.flatMap(({ chains }) => chains)),
    unwatched: [...new Map(unwatched.map((one) => [one.chainId, one])).values()],
    doubts: [...all.doubts, ...found.flatMap(({ doubts }) => doubts)],
  }
}

/** A chain that several words name is read once, through all endpoints that they give. */
function eachOnce(chains: readonly ChainSettings[]): ChainSettings[] {
  const once = new Map<string, ChainSettings>()
  for (const chain of chains) {
    const { rest } = once.get(chain.chainId) ?? { rest: [] }
    once.set(chain.chainId, { ...chain, rest: [...rest, ...chain.rest] })
  }
  return [...once.values()]
}

/** @throws {UsageError} for a header of an endpoint whose secret is missing */
function withSecrets(loaded: Settings, { file, env }: { file: string; env: NodeJS.ProcessEnv }): Settings {
  const secrets = loadSecrets(endpointSecretNames(loaded), env, file)
  const { settings, problems } = withEndpointSecrets(loaded, secrets)
  if (problems.length > 0) throw new UsageError(problems.map(secretProblemLine).join('\n'))
  return settings
}

/** With every entry a chain that is watched, or one that is not. */
async function decided(settings: Settings): Promise<ChainsToCheck> {
  const chains = [...settings.chains]
  const unwatched = [...settings.unwatched]
  const doubts = [...settings.doubts]
  const asked = settings.undecided.map((one) => whichChain(one, null))
  for (const one of await Promise.all(asked)) {
    if ('unwatched' in one) unwatched.push(one.unwatched)
    else {
      chains.push(one.chain)
      if (one.doubt) doubts.push(one.doubt)
    }
  }
  return { chains, unwatched, doubts }
}

async function byName(word: string, { chains, unwatched }: ChainsToCheck): Promise<ChainsToCheck> {
  const known = [...chains, ...unwatched.map((one) => ({ ...one, name: one.chainId, registryName: null }))]
  const meant = chainsMeant<Named>(known, word)
  if (meant.length > 1) throw new UsageError(whichOne(word, meant).replaceAll('`', ''))
  const called = await registryMeant(word)
  const [one] =
    meant.length > 0 || called.length !== 1
      ? meant
      : known.filter(({ chainId }) => chainId === called[0]!.chainId)
  if (one) {
    const isIt = ({ chainId }: { chainId: string }) => chainId === one.chainId
    return { chains: chains.filter(isIt), unwatched: unwatched.filter(isIt), doubts: [] }
  }
  if (called.length === 1) {
    const found = await decided(await filledIn({ chains: [word] }, word))
    return { ...found, unwatched: found.unwatched.map((one) => ({ ...one, place: 'chain registry' })) }
  }
  if (called.length > 1) {
    const { reason, mend } = sharedWord(word, called)
    throw new UsageError(`${reason}; ${mend}.`)
  }
  throw new UsageError(noSuchChain(word, known))
}

/** How many chains of the configuration one sentence names. */
const MOST_LISTED = 15

function noSuchChain(word: string, known: readonly Named[]): string {
  const { reason, near } = unknownWord(word)
  const namesOf = ({ chainId, name }: Named) => [chainId, name]
  const meant = nearest(word, known, { namesOf })[0]?.chainId ?? near
  const listed = known.map(({ chainId }) => chainId)
  const names = known.length > 0 ? `Known: ${someOf(listed, MOST_LISTED)}. ` : ''
  return `${reason}${meant === null ? '.' : `; did you mean ${meant}?`} ${names}${BY_ADDRESS}`
}

/** The chain behind a REST address, read through that address alone, by the configuration's word for it. */
async function byAddress(url: string, { chains }: ChainsToCheck): Promise<ChainsToCheck> {
  // Names of endpoints are their hosts: a path may be a key.
  const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: null, host: '' }
  if (protocol === null || !/^https?:$/.test(protocol)) {
    const shown = protocol === null ? 'that' : `${protocol}//${host}`
    throw new UsageError(`${shown}: not a REST address such as https://lcd.example.org`)
  }
  const endpoint = chains.flatMap(({ rest }) => rest).find((one) => isSameAddress(one.url, url)) ?? { url }
  let chainId: string
  try {
    chainId = (await probeEndpoint(endpoint, PROBE)).chainId
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const settings = { chainId: host } as ChainSettings
    const mend = 'look whether it is the address of a REST API (LCD), not of an RPC'
    const unwatched = { place: host, chainId: host, settings, reason: messageOf(error), mend }
    return { ...NOTHING, unwatched: [unwatched] }
  }
  const configured = chains.find((one) => one.chainId === chainId)
  if (configured) return { ...NOTHING, chains: [{ ...configured, rest: [endpoint] }] }
  return decided(await filledIn({ chains: [{ chainId, rest: [url] }] }, host))
}
