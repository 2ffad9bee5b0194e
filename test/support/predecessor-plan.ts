// The plan of an import from the predecessor.
import { registryChain } from '../../src/chains/registry.ts'
import { planFromPredecessor } from '../../src/setup/predecessor.ts'
import { CONFIG_PY, predecessorFiles } from './predecessor.ts'

export const plan = (changes: Record<string, string | null> = {}, prefix?: string) =>
  planFromPredecessor(predecessorFiles(changes), registryChain, { prefix })

/** CONFIG_PY with one setting replaced. */
export const withSetting = (name: string, value: string) => ({
  'config.py': CONFIG_PY.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`),
})
