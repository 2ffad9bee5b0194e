// Alive is who comes round: a full disk is none of its business, a timer that does not fire is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createLiveness } from '../../../src/ops/liveness.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { openSqlite } from '../../../src/storage/sqlite.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function begun() {
  const folder = mkdtempSync(join(tmpdir(), 'liveness-'))
  folders.push(folder)
  const clock = new ManualClock()
  const database = openDatabase(folder, { nowMs: clock.now(), clock })
  const liveness = createLiveness({ database, clock })
  return { folder, clock, database, liveness }
}

it('lives from its start on for as long as its rounds come, and says when it last wrote', async () => {
  const { clock, database, liveness } = begun()
  expect(liveness.problem(clock.now())).toBe('it has not begun')
  expect(liveness.writtenMs()).toBeNull()
  liveness.start()
  await clock.advance(600_000)
  expect(liveness.problem(clock.now())).toBeNull()
  expect(liveness.writtenMs()).toBe(clock.now())
  liveness.stop()
  expect(liveness.problem(clock.now() + 60_000)).toBeNull()
  expect(liveness.problem(clock.now() + 60_001)).toBe('its own job has not come round for 60 s')
  database.close()
})

it('a database that cannot be written, or is closed, is not the end of it: only the last writing is older', async () => {
  const { folder, clock, database, liveness } = begun()
  liveness.start()
  const writtenMs = clock.now()
  const other = openSqlite(join(folder, 'monitor.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  await clock.advance(120_000)
  expect(liveness.problem(clock.now())).toBeNull()
  expect(liveness.writtenMs()).toBe(writtenMs)
  other.exec('ROLLBACK')
  await clock.advance(60_000)
  expect(liveness.writtenMs()).toBeGreaterThan(writtenMs)
  other.close()
  database.close()
  await clock.advance(120_000)
  expect(liveness.problem(clock.now())).toBeNull()
  liveness.stop()
})

it('a clock that leaps, forward or back, is put right by the next round', async () => {
  const { clock, database, liveness } = begun()
  liveness.start()
  for (const leapMs of [3_600_000, -7_200_000]) {
    clock.set(clock.now() + leapMs)
    await clock.advance(15_000)
    liveness.stop()
    liveness.start()
    expect(liveness.problem(clock.now())).toBeNull()
  }
  database.close()
})
