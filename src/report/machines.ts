// What others watch the bot by (pages for Prometheus and probes, the dead-man's ping), loaded where it is configured.
import { logBug } from '../storage/explain.ts'
import type { MachinesDeps, RunningMachines } from './machines-at-work.ts'

/** Nothing of it ever throws: an error in it never ends the watch. */
export function createMachines(deps: MachinesDeps) {
  const { ops } = deps.settings
  let running: RunningMachines | null = null
  let failure: string | null = null
  let isStopped = false
  return {
    /** What is wrong with it, for `$status`. */
    problems: (): string[] => [failure ?? [], running?.problems() ?? []].flat(),
    async start(): Promise<void> {
      if (ops.listen === null && ops.ping === null) return
      try {
        const { startMachines } = await import('./machines-at-work.ts')
        if (!isStopped) running = startMachines(deps)
      } catch (error) {
        failure = 'What `ops` asks for could not be begun: see my log. The watch and its alarms go on.'
        logBug(deps.logger, error, 'what `ops` asks for could not be begun', {})
      }
    },
    async stop(): Promise<void> {
      isStopped = true
      await running?.stop()
    },
  }
}
