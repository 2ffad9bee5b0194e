// Opens a database as the bot does, in a new folder, and reads from it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

if (!process.features.typescript) await import('tsx')
const { openDatabase } = await import('../src/storage/database.ts')
const folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-open-'))
const database = openDatabase(folder, { nowMs: 0 })
const { version } = database.sql.prepare('SELECT sqlite_version() AS version').get()
const { tables } = database.sql.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()
database.close()
rmSync(folder, { recursive: true })
console.log(`Node ${process.versions.node}, SQLite ${version}, ${tables} tables and indexes`)
if (tables < 10) process.exit(1)
