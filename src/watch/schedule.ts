// Jobs by cron expression. node-cron only wakes; what is due is asked of the clock that each job was handed.
import { schedule as cronSchedule } from 'node-cron'
import type { Logger } from '../kernel/logger.ts'

export interface Job {
  name: string
  /** Five or six fields. */
  cron: string
  run(): Promise<void>
}

/** Starts the jobs. A job that is still running is not started again. Returns a function that stops the waking. */
export function startSchedule(jobs: readonly Job[], timezone: string, logger: Logger): () => void {
  const running = new Set<string>()
  const tasks = jobs.map(({ name, cron, run }) =>
    cronSchedule(
      cron,
      async () => {
        if (running.has(name)) return
        running.add(name)
        try {
          await run()
        } catch (error) {
          logger.error({ err: error, job: name }, 'a job failed: this is a bug')
        } finally {
          running.delete(name)
        }
      },
      // Its own words go into the log too, not past it.
      { timezone, logger },
    ),
  )
  return () => {
    for (const task of tasks) void task.destroy()
  }
}
