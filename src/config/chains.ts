// The chains of a configuration: each entry with what the chain registry knows of it, and which chains a route means.

import { chainsMeant, type Named } from '../chains/names.ts'
import { type RegistryChain, registryMeant, registryNear } from '../chains/registry.ts'
import type { ChainSettings, ChainsSettings, Doubt, Undecided, WrittenChain } from '../chains/settings.ts'
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
  const meant = await registryMeant(chainId)
  const byId = meant.find((one) => one.chainId === chainId) ?? null
  const byName = meant.find((one) => one.chainId !== chainId) ?? null
  const fill = (known: RegistryChain | null, wrong = problems) =>
    fillChain(written, known, defaults, place, wrong)
  if (written.rest !== undefined) {
    const said = fill(byId)
    if (byName === null) found.chains.push(said)
    else found.undecided.push({ place, said, registry: { ...fill(byName, []), chainId: byName.chainId } })
    return
  }
  if (byId && byName) found.doubts.push({ place, ...namesTwo(chainId, byId, byName) })
  const known = byName ?? byId
  const chain = { ...fill(known), chainId: known?.chainId ?? chainId }
  if (chain.rest.length > 0) found.chains.push(chain)
  else if (typeof entry === 'string' && !known) {
    const reason = `"${chainId}" is neither a name nor a chain id in the chain registry`
    const near = registryNear(chainId)
    const instead = near === null ? '' : `write ${near} if that is meant, else `
    const mend = `${instead}write the chain out: ${WRITTEN_OUT}`
    found.unwatched.push({ place, chainId, settings: chain, reason, mend })
  } else {
    const reason = `no REST endpoint given, and the chain registry knows none for "${chainId}"`
    const mend = `write them out: ${WRITTEN_OUT}`
    found.unwatched.push({ place: `${place}.rest`, chainId, settings: chain, reason, mend })
  }
}

/** Where the registry's chain is there by itself, the other one can only be what it says. */
export function settleUndecided(found: ChainsFound): void {
  const isThere = ({ registry }: Undecided) =>
    found.chains.some(({ chainId }) => chainId === registry.chainId)
  found.chains.push(...found.undecided.filter(isThere).map(({ said }) => said))
  found.undecided = found.undecided.filter((one) => !isThere(one))
}

const WRITTEN_OUT = "{ chainId: '…', rest: ['https://…'] }"

/** "arkeo" is a chain id and another chain's name: as long as names have been words here, the name has won. */
const namesTwo = (word: string, byId: RegistryChain, byName: RegistryChain): Omit<Doubt, 'place'> => ({
  reason: `"${word}" is taken for ${byName.chainId}, whose name it is in the chain registry; it is the chain id of ${byId.registryName} too`,
  mend: `write ${byName.chainId} or ${byId.registryName}`,
})

/** What is said where a word is the chain id of one chain and the registry name of another, and it is asked. */
export const twoChains = (word: string, byId: RegistryChain, byName: RegistryChain): string =>
  `"${word}" is the chain id of ${byId.registryName}, and the name of ${byName.chainId} in the chain registry: write ${byId.registryName} or ${byName.chainId}.`

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
  for (const [index, wallet] of (written.wallets ?? []).entries()) {
    const isOwn =
      wallet.denom === undefined || wallet.denom === token?.denom || wallet.denom === token?.symbol
    if (!token || !isAsBefore || !isOwn || parseAmount(wallet.threshold, token.decimals) !== null) continue
    problems.push(
      `${place}.wallets[${index}].threshold: ${wallet.threshold} has more decimals than ${token.symbol} (${token.decimals})`,
    )
  }
  return {
    chainId: written.chainId,
    name: written.name ?? known?.name ?? written.chainId,
    registryName: known?.registryName ?? null,
    rest: written.rest ?? known?.rest ?? [],
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

/** The chain ids that a route means, by any name of the chains. */
export function routed(
  words: readonly string[],
  path: string,
  found: ChainsFound,
  problems: string[],
): string[] {
  const { chains, undecided, unwatched } = found
  const left = unwatched.map(({ chainId }) => ({ chainId, name: chainId, registryName: null }))
  const either = undecided.flatMap(({ said, registry }) => [said, registry])
  const ids = words.flatMap((word) => {
    const meant = chainsMeant<Named>([...chains, ...either, ...left], word)
    const one = undecided.find(({ said, registry }) =>
      [said, registry].some((chain) => meant.includes(chain)),
    )
    if (one && meant.length === 1) return [one.said.chainId, one.registry.chainId]
    if (meant.length === 1) return [meant[0]!.chainId]
    if (meant.length > 1) {
      const names = meant.map(({ name, chainId }) => `${name} (${chainId})`).join(' or ')
      problems.push(`${path}: "${word}" may be ${names}; write its chain id`)
    } else if (unwatched.length === 0) problems.push(`${path}: "${word}" is not one of the chains`)
    else {
      const reason = `"${word}" is not one of the chains that can be watched`
      const mend = `if it is ${left.map(({ chainId }) => chainId).join(' or ')}, mend that; else correct it here`
      found.doubts.push({ place: path, reason, mend })
    }
    return [word]
  })
  return [...new Set(ids)]
}
