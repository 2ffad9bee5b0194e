// Which clients are to be read again now, besides the sweeps, and reading them.
import { nextNoticeMs } from '../alerts/life.ts'
import { alertsFor } from '../chains/called.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { readClientIdentity } from './identity.ts'
import type { SecondLook } from './second-look.ts'
import type { Tasks } from './tasks.ts'
import type { ClientRow } from './types.ts'
import { type ClientUse, isAbout, isReading, type Seen } from './types.ts'
import type { WatchParts } from './watch-deps.ts'

/** A deadline has passed for the host only when a block says so; header times are one block late, or two. */
const BLOCK_GRACE_MS = 12_000

/**
 * The clients whose severity changes by itself up to `nowMs`, those of which something is due to be told, and those past their
 * deadline by the clock whose chain makes blocks (again); by chain id.
 */
export function dueClients(
  deps: Pick<WatchParts, 'store' | 'alerts' | 'directory'>,
  nowMs: number,
): Map<string, ClientRow[]> {
  const due = new Map<string, Map<string, ClientRow>>()
  const add = (row: ClientRow) => {
    const rows = due.get(row.chainId) ?? new Map<string, ClientRow>()
    due.set(row.chainId, rows.set(row.clientId, row))
  }
  deps.store.due(nowMs).forEach(add)
  deps.store
    .overtaken()
    .filter(
      (row) =>
        !row.ignored && isAbout(row.attention, deps.directory.getKnown(row.chainId)?.alerts.about ?? 'live'),
    )
    .forEach(add)
  for (const { identity, state } of deps.alerts.openAlerts()) {
    const of = readClientIdentity(identity)
    if (!of) continue
    const chain = deps.directory.getKnown(of.chainId)
    const row = chain ? deps.store.client(of.chainId, of.clientId) : null
    if (!row || !chain) continue
    // Past its deadline by the clock on a chain that makes blocks: the next ones tell.
    if (of.kind === 'client' && row.severity === 'expired' && state.level === 'critical') add(row)
    const deadlineMs = row.expiresNs === null ? null : nsToMs(row.expiresNs)
    const policy = alertsFor(row, chain, deps.directory.getKnown)
    if (nextNoticeMs(state, deadlineMs, policy) <= nowMs) add(row)
  }
  return new Map([...due].map(([chainId, rows]) => [chainId, [...rows.values()]]))
}

/** Makes the function that reads again what is due, each chain by itself, and returns what is under way then. */
export function createDueReader(
  deps: WatchParts & { look: SecondLook; alone: Tasks['alone'] },
): () => Promise<void>[] {
  const { states, store, directory, settler, look, clock, signal, alone } = deps

  const readDueOf = async (chainId: string, rows: ClientRow[], nowMs: number): Promise<void> => {
    const chain = directory.getKnown(chainId)
    if (!chain) return
    // Named and not watched: nothing can be read there, and the clock goes on.
    if (directory.get(chainId) === null) return settler.goOn(chain, rows, nowMs)
    const isAlerted = (row: ClientRow) => !row.ignored && isAbout(row.attention, chain.alerts.about)
    // The rest waits for the next sweep; its severity goes on by the clock.
    settler.goOn(
      chain,
      rows.filter((row) => !isAlerted(row)),
      nowMs,
    )
    const expiring = (row: ClientRow) => row.expiresNs !== null && nowMs >= nsToMs(row.expiresNs)
    const ready = rows.filter(
      (row) => isAlerted(row) && (!expiring(row) || nowMs - nsToMs(row.expiresNs!) >= BLOCK_GRACE_MS),
    )
    const readings = await Promise.all(
      ready.map(async ({ clientId, endpoint }) => ({
        clientId,
        reading: await look.readOne(chain, clientId, endpoint ?? ''),
      })),
    )
    // A client may have been read by a sweep meanwhile, or forgotten.
    const current = (clientId: string) => store.client(chainId, clientId)
    const seen = readings.flatMap(({ clientId, reading }): Seen[] => {
      const row = isReading(reading) ? current(clientId) : null
      return row ? [{ ...useOf(row), clientId, clientType: row.clientType, reading }] : []
    })
    // The node that was asked may be some blocks late, and its word agree with an older reading only because of it.
    const read = await look.confirmed(chain, seen)
    if (signal.aborted) return
    settler.settle(
      chain,
      read.filter(({ clientId }) => current(clientId) !== null),
      clock.now(),
    )
    // A sweep that began before knows less of them.
    for (const { clientId } of read) states.of(chainId).readSince.add(clientId)
    settler.goOn(
      chain,
      readings.flatMap(({ clientId, reading }) => (isReading(reading) ? [] : (current(clientId) ?? []))),
      clock.now(),
    )
  }

  return () => {
    const nowMs = clock.now()
    return [...dueClients(deps, nowMs)].map(([chainId, rows]) =>
      alone(`due ${chainId}`, () => readDueOf(chainId, rows, nowMs)),
    )
  }
}

function useOf(row: ClientRow): ClientUse {
  const { connectionIds, openChannels, farEnds, attention, ignored } = row
  return { connectionIds, openChannels, farEnds, attention, ignored }
}
