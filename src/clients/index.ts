// The light clients: builds their settler, watch and command from what the app hands in.
import { readChainIdentity } from '../chains/identity.ts'
import { readEntry } from '../chains/registry.ts'
import { chainDestinations } from '../chains/route.ts'
import type { ChainSettings, ChainsSettings } from '../chains/settings.ts'
import type { Command } from '../discord/command.ts'
import type { Database } from '../storage/database.ts'
import { type ChainStatus, chainStatusOf } from './chain-status.ts'
import { clientCommand } from './commands/client.ts'
import { createIbcGoVersions } from './ibc-go.ts'
import { readClientIdentity } from './identity.ts'
import { createClientWords } from './in-words.ts'
import { followRevisions } from './new-revision.ts'
import { createClientSettler } from './settle.ts'
import { createClientWatch } from './watch.ts'
import type { ClientWatchDeps } from './watch-deps.ts'

export interface ClientsDeps extends Omit<ClientWatchDeps, 'settler' | 'decide' | 'sweepBegins'> {
  settings: ChainsSettings & { discord: { prefix: string | false } }
  database: Database
  /** Something was put into the outbox. */
  committed: () => void
  /** Asks which chains those are of which that is not known; returns those that are new, null: nothing has changed. */
  decide: () => Promise<readonly ChainSettings[] | null>
}

export type Clients = ReturnType<typeof createClients>

export function createClients(deps: ClientsDeps) {
  const { settings, directory, pools, health, database, store, alerts, clock, committed } = deps
  const versions = createIbcGoVersions(pools, clock)
  const { prefix } = settings.discord
  const endpointsOf = (chainId: string) => pools.get(chainId)?.endpoints() ?? []
  const words = createClientWords({
    store,
    directory,
    health,
    versions,
    endpointsOf,
    show: (command) => `${prefix === false ? '/' : prefix}${command}`,
  })
  const settler = createClientSettler({
    settings,
    database,
    store,
    alerts,
    words,
    chainOf: directory.getKnown,
    route: ({ identity }) => {
      const of = readClientIdentity(identity) ?? readChainIdentity(identity)
      return chainDestinations(settings, directory, of && 'chainId' in of ? of.chainId : null)
    },
    committed,
  })
  let areOrphansEnded = false
  const watch = createClientWatch({
    ...deps,
    settler,
    async decide() {
      const found = await deps.decide()
      if (found === null && areOrphansEnded) return []
      followRevisions(deps, (chainId) => readEntry(chainId) !== undefined, clock.now())
      // With the registry, the chains at far ends are known only after the first sweep.
      if (settings.counterparties !== 'registry') settler.endOrphans(directory.isGone, clock.now())
      areOrphansEnded = true
      return found ?? []
    },
    // For the words about a client that only governance can save. Not knowing it costs no alert.
    sweepBegins: (chainId) => void versions.ask(chainId).catch(() => {}),
  })
  const chainStatus = (chainId: string): ChainStatus =>
    chainStatusOf(store.chain(chainId), {
      haltedSinceMs: health.of(chainId)?.haltedSinceMs ?? null,
      isUnwatched: directory.get(chainId) === null && directory.getKnown(chainId) !== null,
      sweep: watch.lastSweep(chainId),
      endpoints: endpointsOf(chainId),
    })
  return {
    watch,
    store,
    commands: [
      clientCommand({
        store,
        directory,
        openAlerts: () => alerts.openAlerts(),
        chainStatus,
        blockBefore: health.blockBefore,
        ibcGoMajor: versions.ask,
      }) as Command,
    ],
    chainStatus,
  }
}
