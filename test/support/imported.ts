// What an import says, and the registry as it asks it.
import { registryChain, registryConnections } from '../../src/chains/registry.ts'
import type { Imported } from '../../src/setup/plan.ts'

export const registry = { chain: registryChain, connections: registryConnections }

export const texts = (imported: Imported, kind: string) =>
  imported.notes.filter((note) => note.kind === kind).map(({ text }) => text)
