// Work in the background, one piece of a kind at a time: what fails is logged, and ends nothing else.
import type { Logger } from '../kernel/logger.ts'
import { logBug } from '../storage/explain.ts'

export type Tasks = ReturnType<typeof createTasks>

/** Tasks whose failures go to `logger`, until `signal` aborts. */
export function createTasks(logger: Logger, signal: AbortSignal) {
  const tasks = new Map<string, Promise<void>>()
  return {
    /** Runs `work` unless one of this name is under way; then that one is returned. Never rejects. */
    alone(name: string, work: () => Promise<void>): Promise<void> {
      const under = tasks.get(name)
      if (under) return under
      const task = work()
        .catch((error) => {
          if (!signal.aborted) logBug(logger, error, 'a task of the watch failed', { task: name })
        })
        .finally(() => tasks.delete(name))
      tasks.set(name, task)
      return task
    },
    /** What is under way. */
    running: (): Promise<void>[] => [...tasks.values()],
  }
}
