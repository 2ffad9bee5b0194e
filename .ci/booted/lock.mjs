// lock.mjs APP DATABASE SECONDS: holds the write lock of a database for so long.
if (!process.features.typescript) await import('tsx')
const [, , app, file, seconds] = process.argv
const { openSqlite } = await import(`${app}/src/storage/sqlite.ts`)
const sql = openSqlite(file, { timeout: 10_000 })
sql.exec('BEGIN IMMEDIATE')
setTimeout(() => sql.exec('ROLLBACK'), Number(seconds) * 1000)
