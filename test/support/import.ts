// A folder with the predecessor in it, and an import from it; anew for each test.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ImportOptions, runImport } from '../../src/setup/import.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { captured } from './cli.ts'
import { predecessorFiles } from './predecessor.ts'

export const NOW_MS = Date.UTC(2026, 10, 20, 10)

export let home: string
export let from: string

export function setUp() {
  home = mkdtempSync(join(tmpdir(), 'ibc-monitor-import-'))
  from = join(home, 'IBC-Client-Monitor')
  mkdirSync(from)
  put(predecessorFiles())
}

export function put(files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) writeFileSync(join(from, file), text)
}

export async function run(more: Partial<ImportOptions> = {}, nowMs = NOW_MS) {
  const written = captured()
  const options = {
    path: from,
    config: join(home, 'config.ts'),
    data: join(home, 'data'),
    dryRun: false,
    force: false,
    ...more,
  }
  const code = await runImport(options, written.io, { nowMs })
  return { code, out: written.out(), err: written.err() }
}

export function rows() {
  const database = openDatabase(join(home, 'data'), { nowMs: NOW_MS })
  try {
    return ['wallet_registrations', 'alert_states', 'alert_numbers', 'outbox'].map((table) =>
      database.sql.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
    )
  } finally {
    database.close()
  }
}
