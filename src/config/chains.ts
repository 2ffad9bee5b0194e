// The chains of a configuration: each entry with what the chain registry knows of it, and which chains a route means.

import { chainsMeant, type Named } from '../chains/names.ts'
import { type RegistryChain, registryById, registryByName, registryMeant } from '../chains/registry.ts'
import { sharedWord, shownWord, unaskable, unknownWord } from '../chains/registry-words.ts'
import type { ChainSettings, ChainsSettings, Doubt, Undecided, WrittenChain } from '../chains/settings.ts'
import { endpointsAt } from '../cosmos/endpoint-name.ts'
import { parseAmount } from '../kernel/amount.ts'

/** What counts for each chain that does not say otherwise. */
export type ChainDefaults = ChainsSettings['defaults']

/** What the entries of `chains` came to. */
export type ChainsFound = Pick<ChainsSettings, 'chains' | 'undecided' | 'unwatched' | 'doubts'>

/** Puts one entry of `chains` where it belongs; what is written wrongly in it becomes problems. */
export async function fillEntry(
  entry: WrittenChain | string,
  defaults: ChainDefaults,
  place: string,
  found: ChainsFound,
  problems: string[],
): Promise<void> {
  const written: WrittenChain = typeof entry === 'string' ? { chainId: entry } : entry
  const { chainId } = written
  const byName = await registryByName(chainId)
  const fill = (known: RegistryChain | null, wrong = problems) =>
    fillChain(written, known, defaults, place, wrong)
  if (written.rest !== undefined) {
    const said = fill(await registryById(chainId))
    if (byName === null || byName.chainId === chainId) found.chains.push(said)
    else found.undecided.push({ place, said, registry: { ...fill(byName, []), chainId: byName.chainId } })
    return
  }
  const meant = await registryMeant(chainId)
  const known = byName ?? (meant.length === 1 ? meant[0]! : null)
  const other = byName === null ? undefined : meant.find((one) => one !== byName)
  if (byName && other) found.doubts.push({ place, ...namesTwo(chainId, other, byName) })
  const chain = { ...fill(known), chainId: known?.chainId ?? chainId }
  if (chain.rest.length > 0) found.chains.push(chain)
  else {
    const why = known
      ? unaskable(known)!
      : meant.length > 1
        ? sharedWord(chainId, meant)
        : unknownWord(chainId)
    const isWord = typeof entry === 'string'
    const reason = isWord || known ? why.reason : `no REST endpoint given, and ${why.reason}`
    const at = isWord && !known ? place : `${place}.rest`
    found.unwatched.push({ place: at, chainId, settings: chain, reason, mend: why.mend })
  }
}

/** A word for a chain that is there besides adds nothing; versions before took it for none. `words`: their places. */
export function dropTwins(found: ChainsFound, words: ReadonlySet<string>): void {
  const isWord = ({ place = '' }: ChainSettings) => words.has(place)
  const ids = new Set(found.chains.filter((one) => !isWord(one)).map(({ chainId }) => chainId))
  found.chains = found.chains.filter((chain) => {
    const { chainId, place = '', word } = chain
    const isTwin = isWord(chain) && ids.has(chainId)
    const reason = `"${word}" is ${chainId}, which is there already`
    if (isTwin) found.doubts.push({ place, reason, mend: 'leave it out' })
    else ids.add(chainId)
    return !isTwin
  })
}

/** Where the registry's chain is there by itself, the other one can only be what it says. */
export function settleUndecided(found: ChainsFound): void {
  const isThere = ({ registry }: Undecided) =>
    found.chains.some(({ chainId }) => chainId === registry.chainId)
  found.chains.push(...found.undecided.filter(isThere).map(({ said }) => said))
  found.undecided = found.undecided.filter((one) => !isThere(one))
}

/** "arkeo" is a chain id and another chain's name: as long as names have been words here, the name has won. */
const namesTwo = (word: string, byId: RegistryChain, byName: RegistryChain): Omit<Doubt, 'place'> => ({
  reason: `"${word}" is taken for ${byName.chainId}, whose name it is in the chain registry; it is the chain id of ${byId.registryName} too`,
  mend: `write ${byName.chainId} or ${byId.registryName}`,
})

function fillChain(
  written: WrittenChain,
  known: RegistryChain | null,
  defaults: ChainDefaults,
  place: string,
  problems: string[],
): ChainSettings {
  const own = written.alerts ?? {}
  const alerts = { ...defaults.alerts, ...own }
  if (alerts.criticalAt < alerts.warnAt) {
    const where = own.criticalAt !== undefined || own.warnAt !== undefined ? `${place}.alerts` : 'alerts'
    problems.push(
      `${where}.criticalAt: ${alerts.criticalAt} is below warnAt (${alerts.warnAt}); critical comes after warning`,
    )
  }
  const token = written.token ?? known?.token ?? null
  // Where another token counts than in versions before, a threshold in that one costs its wallet alone.
  const isAsBefore = written.token !== undefined || known?.token?.denom === known?.stakingToken?.denom
  problems.push(...walletProblems(written, token, isAsBefore).map((problem) => `${place}.${problem}`))
  return {
    chainId: written.chainId,
    name: written.name ?? known?.name ?? written.chainId,
    registryName: known?.registryName ?? null,
    rest: written.rest ?? endpointsAt(known?.rest ?? []),
    token,
    prefix: written.prefix ?? known?.prefix ?? null,
    connections: written.connections ?? 'all',
    mine: written.mine ?? [],
    ignoreClients: written.ignoreClients ?? [],
    alerts,
    limits: { ...defaults.limits, ...written.limits },
    wallets: written.wallets ?? [],
    daemonName: known?.daemonName ?? null,
    place,
    word: written.chainId,
  }
}

/** What is wrong with the thresholds and decimals of a chain's wallets, each with its path. */
function walletProblems(
  { wallets = [] }: WrittenChain,
  token: ChainSettings['token'],
  isAsBefore: boolean,
): string[] {
  return wallets.flatMap(({ denom, decimals, threshold }, index) => {
    const path = `wallets[${index}]`
    const other = wallets.find(
      (one) => denom !== undefined && one.denom === denom && one.decimals !== undefined,
    )
    const isOwn = denom === undefined || denom === token?.denom || denom === token?.symbol
    if (decimals !== undefined && denom === undefined)
      return `${path}.decimals: it stands beside a \`denom\`; the decimals of the chain's own token are in \`token\``
    const isSymbol = denom !== undefined && denom.toLowerCase() === token?.symbol.toLowerCase()
    if (
      decimals !== undefined &&
      (isOwn || isSymbol) &&
      token &&
      !token.isGuess &&
      decimals !== token.decimals
    )
      return `${path}.decimals: ${decimals}, but the chain's \`token\` ${token.symbol} has ${token.decimals}`
    if (decimals !== undefined && other && other.decimals !== decimals)
      return `${path}.decimals: ${decimals}, but ${other.decimals} is written for ${denom} too`
    const known = decimals ?? other?.decimals ?? (isOwn && isAsBefore ? token?.decimals : undefined)
    if (known === undefined || parseAmount(threshold, known) !== null) return []
    const symbol = isOwn && token ? token.symbol : denom
    return `${path}.threshold: ${threshold} has more decimals than ${symbol} (${known})`
  })
}

/** The chain ids that a route means, by any name of the chains, or by any that the registry has for one of them. */
export async function routed(
  words: readonly string[],
  path: string,
  found: ChainsFound,
  problems: string[],
): Promise<string[]> {
  const { chains, undecided, unwatched } = found
  // One that is not watched is known by its word.
  const left = unwatched.map(({ chainId, settings }) => ({ ...settings, chainId, isId: settings.chainId }))
  const either = undecided.flatMap(({ said, registry }) => [said, registry])
  const all: (Named & { isId?: string })[] = [...chains, ...either, ...left]
  const ids: string[] = []
  for (const word of words) {
    const called = chainsMeant(all, word)
    // Where several are called so, the one that `chains` calls by this very word.
    const same = called.filter((one) => (one as Partial<ChainSettings>).word === word)
    const here = called.length > 1 && same.length === 1 ? same : called
    const listed = here.length > 0 ? [] : (await registryMeant(word)).map(({ chainId }) => chainId)
    const meant = here.length > 0 ? here : all.filter(({ chainId, isId }) => listed.includes(isId ?? chainId))
    const one = undecided.find(({ said, registry }) =>
      [said, registry].some((chain) => meant.includes(chain)),
    )
    ids.push(
      ...(one && meant.length === 1 ? [one.said.chainId, one.registry.chainId] : [meant[0]?.chainId ?? word]),
    )
    if (meant.length === 1) continue
    if (meant.length > 1) {
      const names = meant.map(({ name, chainId }) => `${name} (${chainId})`).join(' or ')
      problems.push(`${path}: "${shownWord(word)}" may be ${names}; write its chain id`)
    } else if (unwatched.length === 0) problems.push(`${path}: "${shownWord(word)}" is not one of the chains`)
    else {
      const reason = `"${shownWord(word)}" is not one of the chains that can be watched`
      const mend = `if it is ${left.map(({ chainId }) => chainId).join(' or ')}, mend that; else correct it here`
      found.doubts.push({ place: path, reason, mend })
    }
  }
  return [...new Set(ids)]
}
