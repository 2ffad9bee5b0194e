// A write-ahead log put beside a database by hand: one that cannot be its own is kept apart, one that may be stays.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/kernel/logger.ts'
import { DATABASE_FILE, openDatabase } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'

const nowMs = Date.UTC(2026, 10, 20, 10)
const LOG = `${DATABASE_FILE}-wal`
const ASIDE = `${LOG}.not-its-own-2026-11-20T10-00-00-000Z`
let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-log-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const logger = createLogger('warn', [], { write: (line: string) => said.push(line) })
const at = (name: string) => join(folder, name)

/** Writes words into the database of a directory, as a bot does that is killed then: the log stays. */
function killed(directory: string, words: readonly string[], length = 5000): void {
  const database = openDatabase(directory, { nowMs, logger })
  for (const word of words)
    database.run('INSERT INTO said_once (about, text) VALUES (?, ?)', word, 'x'.repeat(length))
  for (const suffix of ['', '-wal'])
    copyFileSync(join(directory, DATABASE_FILE + suffix), at(`copy${suffix}`))
  database.close()
  for (const suffix of ['', '-wal'])
    copyFileSync(at(`copy${suffix}`), join(directory, DATABASE_FILE + suffix))
}

function wordsAtStart(): string[] {
  const database = openDatabase(folder, { nowMs, logger })
  const words = database.all<{ about: string }>('SELECT about FROM said_once ORDER BY about')
  database.close()
  return words.map(({ about }) => about)
}

/** As `backup` leaves it: one file, which keeps no log. */
function oneFile(): void {
  const sql = openSqlite(at(DATABASE_FILE))
  sql.pragma('journal_mode = DELETE')
  sql.close()
}

describe('a log beside the database', () => {
  it('is its own after an unclean end: its rows are there, and nothing is said', () => {
    killed(folder, ['monday', 'tuesday'])
    expect(wordsAtStart()).toEqual(['monday', 'tuesday'])
    expect(said).toEqual([])
    expect(existsSync(at(ASIDE))).toBe(false)
  })

  it('of which the end is missing is its own still', () => {
    killed(folder, ['monday', 'tuesday'])
    truncateSync(at(LOG), readFileSync(at(LOG)).length - 100)
    expect(wordsAtStart()).toEqual(['monday'])
    expect(said).toEqual([])
  })

  it.each<[string, () => void, string[], RegExp]>([
    [
      'is not that of a backup that was put in its place',
      () => {
        killed(folder, ['monday'])
        wordsAtStart()
        oneFile()
        copyFileSync(at(DATABASE_FILE), at('backup'))
        killed(folder, ['tuesday'])
        copyFileSync(at('backup'), at(DATABASE_FILE))
      },
      ['monday'],
      /it keeps none/,
    ],
    [
      'is not that of an empty file',
      () => {
        killed(folder, ['old'])
        writeFileSync(at(DATABASE_FILE), '')
      },
      [],
      /none/,
    ],
    [
      'is not that of no file',
      () => {
        killed(folder, ['old'])
        rmSync(at(DATABASE_FILE))
      },
      [],
      /none/,
    ],
    [
      "is a stranger's, with which it is damaged",
      () => {
        const many = Array.from({ length: 60 }, (_, n) => `stranger ${n}`)
        killed(at('other'), many, 9000)
        // The end of it alone is there: the rest is in the file that it was written for.
        openDatabase(at('other'), { nowMs }).close()
        killed(at('other'), ['the last'], 20_000)
        killed(folder, ['monday'])
        wordsAtStart()
        copyFileSync(join(at('other'), LOG), at(LOG))
      },
      ['monday'],
      /with it the database is damaged, without it sound/,
    ],
  ])('%s: it is kept apart, and that is said', (_, make, words, why) => {
    make()
    said = []
    const log = readFileSync(at(LOG))
    expect(wordsAtStart()).toEqual(words)
    expect(readFileSync(at(ASIDE))).toEqual(log)
    expect(said.join('')).toMatch(why)
    expect(said.join('')).toContain(`kept as ${at(ASIDE)}`)
    expect(readdirSync(folder).filter((name) => name.includes('alone'))).toEqual([])
  })

  it('is not touched where the database is damaged without it too: nothing of either is changed', () => {
    killed(folder, ['monday'])
    wordsAtStart()
    killed(folder, ['tuesday'])
    const damaged = readFileSync(at(DATABASE_FILE)).fill(0xee, 5 * 4096)
    writeFileSync(at(DATABASE_FILE), damaged)
    const log = readFileSync(at(LOG))
    expect(wordsAtStart).toThrow(/is damaged .*Restore a backup/)
    expect(readFileSync(at(DATABASE_FILE))).toEqual(damaged)
    expect(readFileSync(at(LOG))).toEqual(log)
    expect(existsSync(at(ASIDE))).toBe(false)
  })
})
