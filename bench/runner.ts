// What the bench's two contestants share: one process each, told by IPC what to do, measuring itself.

export interface RunnerRequest {
  chains: { chainId: string; url: string }[]
  /** Ceilings per endpoint. */
  inFlight: number
  requestsPerSecond: number
  /** Stop when every endangered client (by id, on `hubId`) is known and alerted about. */
  untilKnown?: boolean
  hubId: string
  endangered: string[]
}

export interface BenchResult {
  wallMs: number
  /** User and system time of the process. */
  cpuMs: number
  /** Peak resident memory of the process so far. */
  peakMiB: number
  /** Time until every endangered client was written and alerted about; null for the floor. */
  knownMs: number | null
}

/** Answers each request of the parent with one measured run of `sweep`. */
export function runBench(sweep: (request: RunnerRequest) => Promise<Partial<BenchResult>>): void {
  process.on('message', async (request: RunnerRequest) => {
    const cpu = process.cpuUsage()
    const started = performance.now()
    const extra = await sweep(request)
    const wallMs = performance.now() - started
    const { user, system } = process.cpuUsage(cpu)
    const result: BenchResult = {
      wallMs,
      cpuMs: (user + system) / 1000,
      peakMiB: process.resourceUsage().maxRSS / 1024,
      knownMs: null,
      ...extra,
    }
    process.send!(result)
  })
  process.on('disconnect', () => process.exit(0))
}
