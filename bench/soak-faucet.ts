// Kills a dripping faucet many times and says what was paid and kept: `npm run soak:faucet -- --kills 1000`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killAndCount } from '../test/support/faucet-kill.ts'

const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' } } })
const kills = Number(values.kills)
if (!Number.isInteger(kills) || kills < 1) {
  console.error('--kills takes a whole number from 1 up')
  process.exit(2)
}
const directory = mkdtempSync(join(tmpdir(), 'soak-faucet-'))
try {
  const report = await killAndCount(directory, kills, (done) => {
    if (done % 50 === 0) console.error(`${done} of ${kills} kills`)
  })
  console.log(JSON.stringify(report, null, 2))
  process.exitCode = report.wrong.length === 0 && report.paid > 0 ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
