// The bot's own sweep as the bench measures it: the real watch over real SQLite on disk, without Discord. By IPC.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAlertStore } from '../src/alerts/store.ts'
import { createDirectory } from '../src/chains/directory.ts'
import { createHealthWatch } from '../src/chains/health/health.ts'
import { createClients } from '../src/clients/index.ts'
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
  const alerts = createAlertStore(database, logger)
  let knownMs: number | null = null
  let known = () => {}
  const allKnown = new Promise<void>((resolve) => {
    known = resolve
  })
  const committed = () => {
    if (knownMs !== null) return
    const open = new Set(alerts.openAlerts().map(({ identity }) => identity))
    if (!endangered.every((clientId) => open.has(`ibc:${hubId}/${clientId}`))) return
    knownMs = performance.now() - started
    known()
  }
  const store = clientStore(database, logger)
  const clock = systemClock
  const health = createHealthWatch({
    database,
    alerts,
    committed,
    clock,
    directory,
    store,
    settings,
    alertSettings: settings.alerts,
    route: () => [],
    endpointsOf: () => [],
    urgencyOf: () => ({ nearest: null, callingMs: [] }),
    beginAnew: store.beginAnew,
  })
  const { watch } = createClients({
    settings,
    directory,
    pools,
    health,
    database,
    store,
    alerts,
    clock,
    logger,
    committed,
    adopt: async () => [],
    decide: async () => [],
  })
  const swept = watch.sweepAll()
  await (request.untilKnown ? Promise.race([swept, allKnown]) : swept)
  const wallMs = performance.now() - started
  await watch.stop()
  await Promise.all([...pools.values()].map((pool) => pool.close()))
  return { knownMs, wallMs }
}

runBench(sweep)
