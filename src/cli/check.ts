// `check`: reads every client once, without Discord and without a database; a table, or JSON, and an exit code.
import { SingleBar } from 'cli-progress'
import { whichOne } from '../chains/find.ts'
import { chainsMeant } from '../chains/names.ts'
import type { ChainSettings, Settings } from '../config.ts'
import { createPool } from '../cosmos/endpoints.ts'
import type { ChainPool, Head } from '../cosmos/types.ts'
import { assess, unreadable } from '../ibc/assess.ts'
import { createFarEnds } from '../ibc/far-ends.ts'
import { emptyKnowledge } from '../ibc/knowledge.ts'
import { sweepChain } from '../ibc/sweep.ts'
import { sweepChains } from '../ibc/sweep-all.ts'
import { isReading, type Seen } from '../ibc/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { messageOf, UpstreamError, UsageError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { formatTimestampNs } from '../kernel/nanotime.ts'
import {
  byDanger,
  type ChainReport,
  type CheckReport,
  clientReport,
  exitCode,
  type FailOn,
  haltedReason,
  reasonOf,
  tableText,
} from './check-report.ts'
import { type Io, peopleStream, wantsColour } from './io.ts'

export interface CheckOptions {
  /** Chain ids or names; empty: all. */
  chains: string[]
  /** Client ids; empty: all. */
  clients: string[]
  json: boolean
  failOn: FailOn
}

/**
 * Runs the check. Returns the exit code: 0, 1 or 3.
 * @throws {UsageError} for a chain that is not in the configuration
 */
export async function runCheck(
  settings: Settings,
  options: CheckOptions,
  io: Io,
  deps: { clock: Clock; logger: Logger },
): Promise<number> {
  const chains = chosenChains(settings, options)
  const bar = io.err.isTTY && !options.json ? progressBar(io) : null
  const only = options.clients.length > 0 ? options.clients : null
  const report = await look(chains, deps, (read, total) => bar?.(read, total), only)
  bar?.(0, 0)
  refuseAbsent(options.clients, report)
  report.clients.sort(byDanger)
  if (options.json) io.out.write(`${JSON.stringify(report, null, 2)}\n`)
  else {
    const stream = peopleStream(io)
    stream.write(tableText(report, { colour: wantsColour(io, stream), nowMs: deps.clock.now() }))
  }
  return exitCode(report, chains, options.failOn)
}

function chosenChains(settings: Settings, options: CheckOptions): ChainSettings[] {
  const find = (typed: string) => {
    const called = chainsMeant(settings.chains, typed)
    if (called.length === 1) return called[0]!
    if (called.length > 1) throw new UsageError(whichOne(`--chain ${typed}`, called).replaceAll('`', ''))
    const known = settings.chains.map(({ chainId }) => chainId).join(', ')
    throw new UsageError(`--chain ${typed}: there is no such chain in the configuration. Known: ${known}`)
  }
  const isClient = /^[^\s/]+-\d+$/
  const wrong = options.clients.find((id) => !isClient.test(id))
  if (wrong) throw new UsageError(`--client ${wrong}: not a client id such as 07-tendermint-3`)
  return options.chains.length > 0 ? [...new Set(options.chains.map(find))] : settings.chains
}

/** A client that no chain has is a slip of the pen; but a chain that could not be read may have it. */
function refuseAbsent(clientIds: readonly string[], report: CheckReport): void {
  if (report.chains.some(({ status }) => status === 'unreadable')) return
  const absent = clientIds.find((id) => !report.clients.some(({ clientId }) => clientId === id))
  if (absent)
    throw new UsageError(
      `--client ${absent}: not on ${report.chains.map(({ chainId }) => chainId).join(', ')}`,
    )
}

/** One look at all clients of `chains` (or those of `only`, by id), without a memory. */
export async function look(
  chains: readonly ChainSettings[],
  deps: { clock: Clock; logger: Logger },
  progress: (read: number, total: number) => void = () => {},
  only: readonly string[] | null = null,
): Promise<CheckReport> {
  const { clock, logger } = deps
  const farEnds = createFarEnds()
  const reports = new Map<string, ChainReport>()
  const seen = new Map<string, { chain: ChainSettings; seen: Seen }>()
  let read = 0
  let total = 0
  const pools = new Map<string, ChainPool>()
  const sweep = async (chain: ChainSettings, surveyed: () => void) => {
    const pool =
      pools.get(chain.chainId) ??
      createPool({ chainId: chain.chainId, rest: chain.rest, limits: chain.limits, clock, logger })
    pools.set(chain.chainId, pool)
    let head: Head | null = null
    let failure: string | null = null
    let gaps: string[] = []
    try {
      head = await pool.head()
      const result = await sweepChain({
        only,
        pool,
        chain,
        head,
        knowledge: emptyKnowledge(),
        nowMs: () => clock.now(),
        wanted: farEnds.wantedOf(chain),
        onSurvey(found) {
          farEnds.surveyed(chain, found.subjects)
          total += found.subjects.length
          surveyed()
        },
        onSeen(portion) {
          read += portion.length
          for (const one of portion) seen.set(`${chain.chainId}/${one.clientId}`, { chain, seen: one })
          progress(Math.min(read, total), total)
        },
      })
      gaps = result.gaps
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      failure = messageOf(error)
    }
    reports.set(
      chain.chainId,
      chainReport(chain.chainId, pool.requests, head, { failure, gaps }, clock.now()),
    )
  }
  try {
    // Named clients are read one by one, whatever else is watched.
    if (only) await Promise.all(chains.map((chain) => sweep(chain, () => {})))
    else await sweepChains(chains, farEnds, sweep, clock)
    for (const chain of chains) {
      // A chain for wallets and far ends, whose clients nobody wanted.
      if (reports.has(chain.chainId)) continue
      await sweep({ ...chain, connections: [], mine: [] }, () => {})
    }
  } finally {
    await Promise.all([...pools.values()].map((pool) => pool.close()))
  }
  const nowMs = clock.now()
  return {
    takenAt: new Date(nowMs).toISOString(),
    chains: chains.map(({ chainId }) => reports.get(chainId)!),
    clients: [...seen.values()].map(({ chain, seen: one }) =>
      clientReport(
        chain.chainId,
        one,
        isReading(one.reading) ? assess(one.reading, chain.alerts, nowMs) : unreadable(one.reading.cause),
      ),
    ),
  }
}

function chainReport(
  chainId: string,
  requests: number,
  head: Head | null,
  { failure, gaps }: { failure: string | null; gaps: readonly string[] },
  nowMs: number,
): ChainReport {
  const halted = head?.halted ? haltedReason(head.timeNs, nowMs) : null
  return {
    chainId,
    status: failure !== null ? 'unreadable' : head?.halted ? 'halted' : 'ok',
    reason: failure ?? reasonOf(halted, gaps),
    endpoint: head?.endpoint ?? null,
    height: head ? String(head.height) : null,
    blockTime: head ? formatTimestampNs(head.timeNs) : null,
    requests,
  }
}

/** A progress bar on stderr; a total of 0 ends it. */
function progressBar(io: Io): (read: number, total: number) => void {
  const bar = new SingleBar({
    format: 'reading clients {bar} {value}/{total}',
    hideCursor: true,
    clearOnComplete: true,
    stream: io.err as NodeJS.WriteStream,
  })
  let started = false
  return (read, total) => {
    if (total === 0) {
      if (started) bar.stop()
      return
    }
    if (!started) bar.start(total, 0)
    started = true
    bar.setTotal(total)
    bar.update(read)
  }
}
