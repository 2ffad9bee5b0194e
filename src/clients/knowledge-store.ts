// What a sweep of the running bot may know beforehand: the memory of one host chain, out of the database.

import type { Statements } from '../storage/statements.ts'
import type { Knowledge, SeldomAnswer } from './knowledge.ts'
import type { ClientRow } from './types.ts'

/** In SQL: a client that was read on its chain's blocks from before it started again, and not since. */
export const NOT_READ_ANEW = {
  mark: 'host_time_ns = NULL',
  is: 'read_ms IS NOT NULL AND host_time_ns IS NULL',
}

/** Reads the memory of a chain. `understood` makes a stored row a client, or nothing where it is damaged. */
export function knowledgeOf(
  database: Statements,
  chainId: string,
  understood: (raw: unknown) => ClientRow[],
): Knowledge {
  const stored = database
    .all(`SELECT * FROM clients WHERE chain_id = ? AND NOT (${NOT_READ_ANEW.is})`, chainId)
    .flatMap(understood)
  const rows = new Map(stored.map((row) => [row.clientId, row]))
  const seldom = new Map<string, SeldomAnswer>()
  for (const { question, ...answer } of database.all<SeldomAnswer & { question: string }>(
    'SELECT question, answer, asked_ms AS askedMs FROM seldom_asked WHERE chain_id = ?',
    chainId,
  )) {
    seldom.set(question, answer)
  }
  return {
    consensusTime(clientId, height) {
      const row = rows.get(clientId)
      const known = row?.latestHeight
      return known && known.revision === height.revision && known.height === height.height
        ? row.lastUpdateNs
        : null
    },
    *times() {
      for (const { clientId, latestHeight, lastUpdateNs } of rows.values()) {
        if (latestHeight && lastUpdateNs !== null)
          yield { clientId, height: latestHeight, timeNs: lastUpdateNs }
      }
    },
    useBefore: (clientId) => rows.get(clientId) ?? null,
    clientIds: () => rows.keys(),
    seldom: (question) => seldom.get(question) ?? null,
    rememberSeldom(question, answer) {
      seldom.set(question, answer)
      database.run(
        `INSERT INTO seldom_asked VALUES (?, ?, ?, ?)
         ON CONFLICT (chain_id, question) DO UPDATE SET answer = excluded.answer, asked_ms = excluded.asked_ms`,
        chainId,
        question,
        answer.answer,
        answer.askedMs,
      )
    },
  }
}
