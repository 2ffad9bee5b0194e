// The bot's own sweep as the bench measures it: the real watch over real SQLite on disk, without Discord. By IPC.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectory } from '../src/chains/directory.ts'
import { createIbc } from '../src/clients/index.ts'
import { clientStore } from '../src/clients/store.ts'
import { settingsOf } from '../src/config/index.ts'
import { createPool } from '../src/cosmos/endpoints.ts'
import type { ChainPool } from '../src/cosmos/types.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { createLogger } from '../src/kernel/logger.ts'
import { keepHeapSmall } from '../src/kernel/memory.ts'
import { openDatabase } from '../src/storage/database.ts'
import { type BenchResult, type RunnerRequest, runBench } from './runner.ts'

keepHeapSmall()
const folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const database = openDatabase(folder, { nowMs: Date.now() })
const logger = createLogger(process.env.LOG_LEVEL ?? 'silent')

async function sweep(request: RunnerRequest): Promise<Partial<BenchResult>> {
  const { chains, inFlight, requestsPerSecond, hubId, endangered } = request
  const started = performance.now()
  const settings = await settingsOf({
    limits: { inFlight, requestsPerSecond },
    chains: chains.map(({ chainId, url }) => ({ chainId, rest: [url] })),
  })
  const directory = createDirectory(settings.chains)
  const pools = new Map<string, ChainPool>(
    settings.chains.map(({ chainId, rest, limits }) => [
      chainId,
      createPool({ chainId, rest, limits, clock: systemClock, logger }),
    ]),
  )
  let knownMs: number | null = null
  let known = () => {}
  const allKnown = new Promise<void>((resolve) => {
    known = resolve
  })
  const committed = () => {
    if (knownMs !== null) return
    const open = new Set(ibc.alerts.openAlerts().map(({ identity }) => identity))
    if (!endangered.every((clientId) => open.has(`ibc:${hubId}/${clientId}`))) return
    knownMs = performance.now() - started
    known()
  }
  const ibc = createIbc({
    settings,
    directory,
    pools,
    database,
    store: clientStore(database, logger),
    clock: systemClock,
    logger,
    committed,
    botStatus: () => {
      throw new Error('the bench asks for no status')
    },
  })
  const swept = ibc.watch.sweepAll()
  await (request.untilKnown ? Promise.race([swept, allKnown]) : swept)
  const wallMs = performance.now() - started
  await ibc.watch.stop()
  await Promise.all([...pools.values()].map((pool) => pool.close()))
  return { knownMs, wallMs }
}

runBench(sweep)
