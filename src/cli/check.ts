// `check`: reads every client once, without Discord and without a database; a table, or JSON, and an exit code.

import { type ChainSettings, doubtLine, type Unwatched } from '../chains/settings.ts'
import { assess, unreadable } from '../clients/assess.ts'
import { createFarEnds } from '../clients/far-ends.ts'
import { emptyKnowledge } from '../clients/knowledge.ts'
import { sweepChains } from '../clients/sweep-all.ts'
import { isReading, type Seen } from '../clients/types.ts'
import { createPool } from '../cosmos/endpoints.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream, wantsColour } from '../kernel/io.ts'
import type { Logger } from '../kernel/logger.ts'
import type { ChainsToCheck } from './check-chains.ts'
import {
  byDanger,
  type ChainReport,
  type CheckReport,
  chainReport,
  clientReport,
  exitCode,
  type FailOn,
  tableText,
} from './check-report.ts'
import { sweepOnce } from './check-sweep.ts'
import type { Progress } from './progress.ts'

export interface CheckOptions {
  /** Client ids; empty: all. */
  clients: string[]
  json: boolean
  failOn: FailOn
}

/**
 * Runs the check of these chains. Returns the exit code: 0, 1 or 3.
 * @throws {UsageError} for a client that none of them has
 */
export async function runCheck(
  { chains, unwatched, doubts }: ChainsToCheck,
  options: CheckOptions,
  io: Io,
  deps: { clock: Clock; logger: Logger; progress?: Progress },
): Promise<number> {
  const { progress } = deps
  const wrong = options.clients.find((id) => !/^[^\s/]+-\d+$/.test(id))
  if (wrong) throw new UsageError(`--client ${wrong}: not a client id such as 07-tendermint-3`)
  const only = options.clients.length > 0 ? options.clients : null
  const names = chains.map(({ name }) => name)
  progress?.asking('asking', names)
  const waiting = (name: string) => progress?.asking('a second look, in a minute, at', [name])
  const report = await look(chains, { ...deps, waiting }, progress?.read, only)
  progress?.end()
  report.chains.push(...unwatched.map(unreadableReport))
  refuseAbsent(options.clients, report)
  report.clients.sort(byDanger)
  if (options.json) io.out.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    const stream = peopleStream(io)
    stream.write(tableText(report, { colour: wantsColour(io, stream), nowMs: deps.clock.now() }))
  }
  for (const one of doubts) io.err.write(`🟡 ${doubtLine(one)}\n`)
  return exitCode(report, chains, options.failOn)
}

/** A chain of which nothing could be asked. */
const unreadableReport = (one: Unwatched): ChainReport =>
  chainReport(one.chainId, 0, { head: null, failure: doubtLine(one), gaps: [] }, 0)

/** A client that no chain has is a slip of the pen; but a chain that could not be read may have it. */
function refuseAbsent(clientIds: readonly string[], report: CheckReport): void {
  if (report.chains.some(({ status }) => status === 'unreadable')) return
  const absent = clientIds.find((id) => !report.clients.some(({ clientId }) => clientId === id))
  const chainIds = report.chains.map(({ chainId }) => chainId).join(', ')
  if (absent) throw new UsageError(`--client ${absent}: not on ${chainIds}`)
}

/** One look at all clients of `chains` (or those of `only`, by id), without a memory. */
export async function look(
  chains: readonly ChainSettings[],
  deps: { clock: Clock; logger: Logger; waiting?: (name: string) => void },
  progress: (read: number, total: number) => void = () => {},
  only: readonly string[] | null = null,
): Promise<CheckReport> {
  const { clock, logger, waiting } = deps
  const farEnds = createFarEnds()
  const reports = new Map<string, ChainReport>()
  const seen = new Map<string, { chain: ChainSettings; seen: Seen }>()
  let [read, total] = [0, 0]
  const pools = new Map<string, ChainPool>()
  const sweep = async (chain: ChainSettings, surveyed: () => Promise<void>) => {
    const pool =
      pools.get(chain.chainId) ??
      createPool({ chainId: chain.chainId, rest: chain.rest, limits: chain.limits, clock, logger })
    pools.set(chain.chainId, pool)
    const found = await sweepOnce({
      only,
      pool,
      chain,
      knowledge: emptyKnowledge(),
      clock,
      onWait: () => waiting?.(chain.name),
      wanted: farEnds.wantedOf(chain),
      async onSurvey({ subjects }) {
        farEnds.surveyed(chain, subjects)
        total += subjects.length
        await surveyed()
        farEnds.markMine(chain, subjects)
      },
      onSeen(portion) {
        read += portion.length
        for (const one of portion) seen.set(`${chain.chainId}/${one.clientId}`, { chain, seen: one })
        progress(Math.min(read, total), total)
      },
    })
    reports.set(chain.chainId, chainReport(chain.chainId, pool.requests, found, clock.now()))
  }
  try {
    // Named clients are read one by one, whatever else is watched.
    if (only) await Promise.all(chains.map((chain) => sweep(chain, async () => {})))
    else await sweepChains(chains, farEnds, sweep, clock)
    // Chains for wallets and far ends, whose clients nobody wanted.
    for (const chain of chains.filter(({ chainId }) => !reports.has(chainId)))
      await sweep({ ...chain, connections: [], mine: [] }, async () => {})
  } finally {
    await Promise.all([...pools.values()].map((pool) => pool.close()))
  }
  const nowMs = clock.now()
  const verdictOn = ({ reading }: Seen, { alerts }: ChainSettings) =>
    isReading(reading) ? assess(reading, alerts, nowMs) : unreadable(reading.cause)
  return {
    takenAt: new Date(nowMs).toISOString(),
    chains: chains.map(({ chainId }) => reports.get(chainId)!),
    clients: [...seen.values()].map((one) =>
      clientReport(one.chain.chainId, one.seen, verdictOn(one.seen, one.chain)),
    ),
  }
}
