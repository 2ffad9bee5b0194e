// Tells systemd how the bot is, through its program `systemd-notify` (Node has no sockets of that kind); elsewhere nothing.
import { spawn } from 'node:child_process'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { oneLine, shorten } from '../words/text.ts'

export interface SystemdDeps {
  /** NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as systemd sets them. */
  env: NodeJS.ProcessEnv
  logger: Pick<Logger, 'warn'>
  /** How the bot is, in a sentence. */
  status(): string
  /** Why the watchdog must not be fed, in words; null: the bot lives. */
  problem(): string | null
  /** For tests. */
  clock?: Clock
}

/** Between two notes, where the watchdog does not want them sooner. */
const BEAT_MS = 20_000
/** systemd-notify waits until its word has been heard. */
const PROGRAM_MS = 10_000
const STATUS_MAX = 400

/** How long the watchdog waits, ms; null: there is none for this process (sd_watchdog_enabled(3)). */
export function watchdogMs({ WATCHDOG_USEC: wait, WATCHDOG_PID: pid }: NodeJS.ProcessEnv, own: number) {
  const ms = Number(wait) / 1000
  return ms > 0 && (!pid || Number(pid) === own) ? ms : null
}

/** Says that the bot is ready as soon as the event loop turns, then how it is, until `stop`, which says that it ends. */
export function startSystemd(deps: SystemdDeps): { stop(): void } {
  const { env, logger, clock = systemClock } = deps
  if (!env.NOTIFY_SOCKET) return { stop() {} }
  const waits = watchdogMs(env, process.pid)
  const everyMs = Math.min(BEAT_MS, (waits ?? Infinity) / 3)
  const { PATH, NOTIFY_SOCKET } = env
  let isTelling = false
  let hasFailed = false
  /** What systemd has heard. */
  let isReady = false

  function tell(...states: string[]): void {
    isTelling = true
    const failed = (reason: string) => {
      isTelling = false
      if (!hasFailed) logger.warn({ reason }, 'systemd-notify fails: systemd does not hear how the bot is')
      hasFailed = true
    }
    try {
      spawn('systemd-notify', states, { env: { PATH, NOTIFY_SOCKET }, stdio: 'ignore', timeout: PROGRAM_MS })
        .on('error', (error) => failed(error.message))
        .on('exit', (code, signal) => {
          if (code !== 0) return failed(`it ended with ${code ?? signal}`)
          isTelling = false
          hasFailed = false
          isReady = true
        })
    } catch (error) {
      // Without memory for another process Node throws.
      failed(messageOf(error))
    }
  }

  let cancel = clock.at(clock.now(), beat)
  function beat(): void {
    cancel = clock.at(clock.now() + everyMs, beat)
    // One that is still under way feeds the watchdog too.
    if (isTelling) return
    const problem = deps.problem()
    const status = shorten(oneLine(problem === null ? deps.status() : `NOT WELL: ${problem}`), STATUS_MAX)
    const news = isReady ? [] : ['READY=1']
    tell(...news, `STATUS=${status}`, ...(problem === null && waits !== null ? ['WATCHDOG=1'] : []))
  }

  return {
    stop() {
      cancel()
      tell('STOPPING=1', 'STATUS=Stopping')
    },
  }
}
