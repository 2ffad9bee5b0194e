// Which clients are to be read again now, besides the sweeps.
import { nextReminderMs } from '../alerts/life.ts'
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { readIdentity } from './identity.ts'
import type { ClientRow } from './rows.ts'
import type { ClientStore } from './store.ts'

/**
 * The clients whose severity changes by itself up to `nowMs`, and those of which a reminder is due, by chain id.
 */
export function dueClients(
  deps: { store: ClientStore; alerts: AlertStore; directory: Directory },
  nowMs: number,
): Map<string, ClientRow[]> {
  const due = new Map<string, Map<string, ClientRow>>()
  const add = (row: ClientRow) => {
    const rows = due.get(row.chainId) ?? new Map<string, ClientRow>()
    due.set(row.chainId, rows.set(row.clientId, row))
  }
  deps.store.due(nowMs).forEach(add)
  for (const { identity, state } of deps.alerts.openAlerts()) {
    const of = readIdentity(identity)
    if (of?.kind !== 'client') continue
    const chain = deps.directory.get(of.chainId)
    const row = chain ? deps.store.client(of.chainId, of.clientId) : null
    if (!row || !chain) continue
    const deadlineMs = row.expiresNs === null ? null : nsToMs(row.expiresNs)
    const reminderMs = nextReminderMs(state, deadlineMs, chain.alerts)
    if (reminderMs !== null && reminderMs <= nowMs) add(row)
  }
  return new Map([...due].map(([chainId, rows]) => [chainId, [...rows.values()]]))
}
