// SIGKILL at random moments while users drip: never more than one payment per user and day, none without a record.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { killAndCount } from '../support/faucet-kill.ts'

it('a dozen kills: nobody is paid twice, and every payment is in the history as sent or unknown', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faucet-kill-'))
  try {
    const report = await killAndCount(directory, 12)
    expect(report.wrong).toEqual([])
    // Otherwise it has shown nothing.
    expect(report.paid).toBeGreaterThan(50)
    expect(report.rows.sent).toBeGreaterThan(0)
    expect(report.rows.unknown).toBeGreaterThan(0)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 600_000)
