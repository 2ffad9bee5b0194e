// Takes chains from the chain registry, for the far ends of those that are watched.
import type { Logger } from '../kernel/logger.ts'
import type { Directory } from './directory.ts'
import { farEndChain } from './origins.ts'
import type { RegistryChain } from './registry.ts'
import type { ChainSettings, ChainsSettings } from './settings.ts'

/**
 * Returns a function that takes chains which are not known yet, where the configuration asks for it; it returns those
 * that are there now and were not before.
 */
export function createAdoption(deps: {
  settings: ChainsSettings
  directory: Directory
  registry: (chainId: string) => Promise<RegistryChain | null>
  add: (chain: ChainSettings) => void
  logger: Logger
}) {
  const { settings, directory, registry, logger } = deps
  /** Chain ids that the registry does not know, or knows no endpoint of. */
  const unknown = new Set<string>()
  return async (chainIds: readonly string[]): Promise<ChainSettings[]> => {
    if (settings.counterparties !== 'registry') return []
    const adopted: ChainSettings[] = []
    for (const chainId of new Set(chainIds)) {
      if (directory.get(chainId) || unknown.has(chainId)) continue
      const known = await registry(chainId)
      if (!known || known.rest.length === 0 || known.status === 'killed') {
        unknown.add(chainId)
        continue
      }
      if (directory.get(chainId)) continue
      const chain = farEndChain(known, settings)
      deps.add(chain)
      adopted.push(chain)
    }
    if (adopted.length > 0)
      logger.info({ chains: adopted.map(({ chainId }) => chainId) }, 'far ends from the chain registry')
    return adopted
  }
}
