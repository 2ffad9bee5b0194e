// The rows that an import brings: wallet registrations, and clients that are known as expired.
import { NO_REMINDERS, step } from '../alerts/life.ts'
import { createAlertStore } from '../alerts/store.ts'
import { clientIdentity } from '../clients/identity.ts'
import type { Database } from '../storage/database.ts'
import { walletStore } from '../wallets/store.ts'
import type { ImportedExpired, ImportedWallet } from './plan.ts'

/** What an import did to the database; `walletsKept` have another threshold, and were left as they are. */
export type RowsWritten = ReturnType<typeof writeRows>

/**
 * Writes the rows, in one transaction. What is there already stays: the same import again changes nothing, and
 * what users changed in the channel since then is theirs.
 * @param options.force thresholds that differ are overwritten
 */
export function writeRows(
  database: Database,
  rows: { wallets: readonly ImportedWallet[]; expired: readonly ImportedExpired[] },
  options: { force: boolean; nowMs: number },
) {
  const { force, nowMs } = options
  return database.tx(() => ({
    ...writeWallets(database, rows.wallets, force, nowMs),
    ...writeExpired(database, rows.expired, nowMs),
  }))
}

function writeWallets(database: Database, wallets: readonly ImportedWallet[], force: boolean, nowMs: number) {
  const store = walletStore(database)
  const written = { walletsNew: 0, walletsSame: 0, walletsUpdated: 0, walletsKept: [] as ImportedWallet[] }
  for (const wallet of wallets) {
    const { userId, chainId, address, denom, thresholdBase } = wallet
    const before = store.registration(userId, chainId, address, denom)?.thresholdBase
    if (before === thresholdBase) written.walletsSame += 1
    else if (before === undefined || force) {
      store.saveRegistration({ userId, chainId, address, denom, thresholdBase, createdMs: nowMs })
      if (before === undefined) written.walletsNew += 1
      else written.walletsUpdated += 1
    } else written.walletsKept.push(wallet)
  }
  return written
}

/** As if they had been seen expired at a first look: open, and quiet. */
function writeExpired(database: Database, expired: readonly ImportedExpired[], nowMs: number) {
  const alerts = createAlertStore(database)
  const written = { expiredNew: 0, expiredSame: 0 }
  const seen = { level: 'expired', deadlineMs: null, first: true, about: true, mention: false } as const
  for (const { chainId, clientId } of expired) {
    const identity = clientIdentity(chainId, clientId)
    if (alerts.loadState(identity)) {
      written.expiredSame += 1
      continue
    }
    const { after } = step(null, seen, NO_REMINDERS, nowMs, alerts.allocateId)
    alerts.saveState(identity, after, nowMs)
    written.expiredNew += 1
  }
  return written
}
