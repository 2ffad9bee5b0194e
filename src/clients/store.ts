// What is kept of clients: their last reading and verdict, history. With it what is kept of their chains.

import type { AlertSettings } from '../alerts/settings.ts'
import type { NearestDeadline } from '../chains/health/observe.ts'
import { chainStateStore } from '../chains/state-store.ts'
import type { Logger } from '../kernel/logger.ts'
import { msToNs } from '../kernel/nanotime.ts'
import type { Database } from '../storage/database.ts'
import type { Statements } from '../storage/statements.ts'
import type { Severity } from './assess.ts'
import type { Knowledge, SeldomAnswer } from './knowledge.ts'
import { knowledgeOf, NOT_READ_ANEW } from './knowledge-store.ts'
import { clientOf, columnsOf, type Raw } from './rows.ts'
import { historyStore } from './turns-store.ts'
import type { ClientRow } from './types.ts'
import { expiresMs } from './words.ts'

export type ClientStore = ReturnType<typeof clientStore>

/** So many deadlines of a chain are looked through for one that calls somebody, and so many of what is mine. */
const DEADLINES = 50

const ONE = 'chain_id = ? AND client_id = ?'

/** Besides what is mine, by `alerts.about`. */
const OF_OTHERS = { all: 'true', live: "attention = 'live'", mine: 'false' } as const

interface ChainAbout {
  chainId: string
  alerts: Pick<AlertSettings, 'about'>
}

export interface MeasuredClient extends Pick<ClientRow, 'chainId' | 'clientId' | 'trackedChainId'> {
  status: string
  severity: Severity
  attention: string
  expiresS: number | null
  lastUpdateS: number | null
  trustingS: number | null
  readS: number | null
  isReadable: number
}

/**
 * What is measured of the clients that alerts are about, `most` at most: those in danger first, then by how near their
 * deadline is, passed or not; and how many there are. In one question each: it is asked while the bot works. Times and
 * periods in seconds.
 */
const measuredIn = ({ all, one }: Statements) => {
  const from = `FROM json_each(?) AS chain CROSS JOIN clients ON chain_id = chain.key
    WHERE NOT ignored AND (chain.value = 'all' OR attention IN ('mine', chain.value))`
  return (chains: readonly ChainAbout[], most: number, nowMs: number) => {
    const about = JSON.stringify(
      Object.fromEntries(chains.map(({ chainId, alerts }) => [chainId, alerts.about])),
    )
    const clients = all<MeasuredClient>(
      `SELECT chain_id AS chainId, client_id AS clientId, tracked_chain_id AS trackedChainId, status, severity, attention,
         iif(status IN ('frozen', 'unauthorized'), NULL, cast(expires_ns AS INTEGER) / 1e9) AS expiresS,
         cast(last_update_ns AS INTEGER) / 1e9 AS lastUpdateS, cast(trusting_period_ns AS INTEGER) / 1e9 AS trustingS,
         read_ms / 1e3 AS readS, unseen_since_ms IS NULL AS isReadable
       ${from} ORDER BY severity IN ('ok', 'expired'), coalesce(abs(cast(expires_ns AS INTEGER) / 1e9 - ?), 1e18) LIMIT ?`,
      about,
      nowMs / 1000,
      most,
    )
    return { clients, known: one<{ known: number }>(`SELECT count(*) AS known ${from}`, about)!.known }
  }
}

/** The store over an open database. */
export function clientStore(database: Database, logger?: Logger) {
  /** One damaged row must not silence the others: it counts as not there until the next reading writes it anew. */
  const understood = (raw: unknown): ClientRow[] => {
    try {
      return [clientOf(raw as Raw)]
    } catch (error) {
      const { chain_id: chainId, client_id: clientId } = raw as Raw
      logger?.error(
        { chainId, clientId, err: error },
        'a stored client cannot be understood: it is read anew',
      )
      return []
    }
  }
  const clients = (condition: string, ...values: unknown[]) =>
    database.all(`SELECT * FROM clients WHERE ${condition}`, ...values).flatMap(understood)
  const store = {
    ...chainStateStore(database),
    ...historyStore(database),
    /** What is known of the clients of one chain is known of those of another that is to be read anew; with their history. */
    goOnAs(chainId: string, to: string, nowMs: number): void {
      for (const table of ['clients', 'readings'])
        database.run(`UPDATE ${table} SET chain_id = ? WHERE chain_id = ?`, to, chainId)
      store.beginAnew(to, nowMs)
    },
    /** Forgets everything read of a chain that is not watched any more. Alert states are not touched. */
    forgetChain(chainId: string): void {
      for (const table of ['clients', 'seldom_asked', 'chains']) {
        database.run(`DELETE FROM ${table} WHERE chain_id = ?`, chainId)
      }
    },
    /** A chain has started again: its clients are to be read anew. Until then all but their heights stays known. */
    beginAnew(chainId: string, nowMs: number): void {
      database.run(
        `UPDATE clients SET ${NOT_READ_ANEW.mark}, latest_revision = NULL, latest_height = NULL, first_seen_ms = ?
         WHERE chain_id = ? AND read_ms IS NOT NULL`,
        nowMs,
        chainId,
      )
      database.run('DELETE FROM clients WHERE chain_id = ? AND read_ms IS NULL', chainId)
      database.run('DELETE FROM seldom_asked WHERE chain_id = ?', chainId)
      database.run('UPDATE chains SET first_look_ms = NULL WHERE chain_id = ?', chainId)
    },
    client: (...key: [chainId: string, clientId: string]): ClientRow | null =>
      clients(ONE, ...key)[0] ?? null,
    /** Forgets a client that is not watched any more; its history stays. */
    forgetClient: (...key: [chainId: string, clientId: string]) =>
      void database.run(`DELETE FROM clients WHERE ${ONE}`, ...key),
    /** Clients that were not read since their chain started again. */
    notReadAnew: (chainId: string) => clients(`chain_id = ? AND ${NOT_READ_ANEW.is}`, chainId),
    clients: (chainId?: string): ClientRow[] =>
      chainId === undefined ? clients('true') : clients('chain_id = ?', chainId),
    /** Writes a client as it is known now; adds to the history when something changed. */
    save: (client: ClientRow, nowMs: number): void => saveClient(database, client, nowMs),
    /** A threshold was reached without a new reading: the severity of the last known reading at this time. */
    saveSeverity: (chainId: string, clientId: string, severity: Severity, nextDueMs: number | null) =>
      void database.run(
        `UPDATE clients SET severity = ?, next_due_ms = ? WHERE ${ONE}`,
        severity,
        nextDueMs,
        chainId,
        clientId,
      ),
    /** Clients whose severity changes by itself up to `untilMs`, the earliest first. */
    due: (untilMs: number) => clients('next_due_ms <= ? ORDER BY next_due_ms', untilMs),
    /**
     * Clients that were past their deadline by the clock alone, and by now are by their chain's own newest block too.
     * What cannot be read is left to the sweeps.
     */
    overtaken: () =>
      database
        .all(
          `SELECT clients.* FROM clients JOIN chains USING (chain_id) WHERE severity = 'expired' AND status = 'active'
             AND clients.unseen_since_ms IS NULL AND chains.unseen_since_ms IS NULL AND unread_since_ms IS NULL
             AND cast(block_time_ns AS INTEGER) >= cast(expires_ns AS INTEGER)`,
        )
        .flatMap(understood),
    /**
     * The deadlines of clients there that alerts are about (see `isAbout`) and that are active as far as is known, one to
     * come or passed unseen: the nearest to `nowMs` first, some of them, and that of what is mine.
     */
    deadlines(
      { chainId, alerts: { about } }: ChainAbout,
      nowMs: number,
    ): (NearestDeadline & Pick<ClientRow, 'attention' | 'farEnds'>)[] {
      const nearest = (attention: string) =>
        clients(
          `chain_id = @chainId AND NOT ignored AND status = 'active' AND expires_ns IS NOT NULL AND (${attention})
           ORDER BY abs(cast(expires_ns AS INTEGER) - @nowNs) LIMIT @most`,
          { chainId, nowNs: msToNs(nowMs), most: DEADLINES },
        )
      const others = OF_OTHERS[about]
      const gapMs = (row: ClientRow) => Math.abs(expiresMs(row)! - nowMs)
      return [...nearest("attention = 'mine'"), ...nearest(others)]
        .sort((a, b) => gapMs(a) - gapMs(b))
        .map((row) => ({ ...row, deadlineMs: expiresMs(row)! }))
    },
    measured: measuredIn(database),
    /** The chains of which anything is kept. */
    chainIds: () =>
      database
        .all<{ chainId: string }>('SELECT chain_id AS chainId FROM chains UNION SELECT chain_id FROM clients')
        .map(({ chainId }) => chainId),
    /** What is kept of a question about a chain that is asked seldom; null: nothing. */
    answered: (chainId: string, question: string): SeldomAnswer | null =>
      database.one<SeldomAnswer>(
        'SELECT answer, asked_ms AS askedMs FROM seldom_asked WHERE chain_id = ? AND question = ?',
        chainId,
        question,
      ) ?? null,
    knowledge: (chainId: string): Knowledge => knowledgeOf(database, chainId, understood),
  }
  return store
}

/** What of a row is news when it differs: it becomes a row of the history. */
const NEWS = ['status', 'severity', 'last_update_ns', 'trusting_period_ns', 'tracked_chain_id']
/** What differs with every reading. */
const ALWAYS_NEW = ['read_ms', 'host_time_ns', 'endpoint']
const SELECT_ONE = `SELECT * FROM clients WHERE ${ONE}`
const TOUCH = `UPDATE clients SET ${ALWAYS_NEW.map((column) => `${column} = @${column}`).join(', ')}
  WHERE chain_id = @chain_id AND client_id = @client_id`

/** Writes a client; a row in which nothing else changed gets only its times. News are added to the history. */
function saveClient(database: Statements, client: ClientRow, nowMs: number): void {
  const before = database.one<Raw>(SELECT_ONE, client.chainId, client.clientId)
  const row = columnsOf(client)
  const columns = Object.keys(row)
  const changed = columns.filter((column) => before?.[column] !== row[column])
  if (before && changed.every((column) => ALWAYS_NEW.includes(column))) {
    database.run(TOUCH, row)
    return
  }
  database.run(
    `INSERT OR REPLACE INTO clients (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
    row,
  )
  const isNews = !before || before.read_ms === null || NEWS.some((column) => changed.includes(column))
  // What cannot be read is as it was.
  if (client.unseenSinceMs !== null || !isNews) return
  database.run(
    `INSERT INTO readings VALUES (@chain_id, @client_id, @nowMs, @status, @severity, @tracked_chain_id,
       @latest_revision, @latest_height, @trusting_period_ns, @last_update_ns, @reason)`,
    { ...row, nowMs },
  )
}
