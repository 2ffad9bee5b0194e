// `start`: runs the bot until a signal ends it; SIGHUP has its configuration read again.
import { isatty } from 'node:tty'
import { isDeepStrictEqual } from 'node:util'
import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import type { App } from '../app.ts'
import { chainNames } from '../chains/names.ts'
import { doubtLine } from '../chains/settings.ts'
import { configChanges } from '../config/changes.ts'
import { discordApiBase, filledIn, readConfig, readConfigAgain, type Settings } from '../config/index.ts'
import { envDoubts, environment, loadSecrets, secretNames } from '../config/secrets.ts'
import { systemClock } from '../kernel/clock.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import type { Io } from '../kernel/io.ts'
import { type LineSink, unblockStderr } from '../kernel/line-sink.ts'
import { createLogger, type Logger, logLevel, secretCutter } from '../kernel/logger.ts'
import type { Secrets } from '../kernel/secrets.ts'
import { proxySecrets, proxyText, readProxy, useProxy } from '../net/proxy.ts'
import { noteForFailure } from '../ops/failure-note.ts'
import { startSystemd } from '../ops/systemd.ts'
import type { Database } from '../storage/database.ts'
import { VERSION } from '../version.ts'
import { code, printable, someLines } from '../words/text.ts'

export interface StartOptions {
  config: string
  /** The data directory. */
  data: string
}

type StartIo = Io & { err: LineSink }

/** Everything that the bot is told from outside. */
interface Told {
  /** As it is written. */
  config: unknown
  settings: Settings
  env: NodeJS.ProcessEnv
  secrets: Secrets
}

/**
 * Runs the bot. Returns the exit code, 0, when a signal has ended it.
 * @throws {UsageError} for a configuration or secrets that nothing can be done with
 * @throws {FatalError} when the database cannot be opened
 */
export async function runStart(options: StartOptions, io: StartIo): Promise<number> {
  const told = await tell(options.config, io.env, readConfig)
  const { logger, heed } = createLog(told, options.config, io)
  // Loaded here, because with it comes discord.js, which `check` and the rest do not need.
  const { createApp } = await import('../app.ts')
  unblockStderr()
  const make = ({ settings, secrets, env }: Told, database?: Database) =>
    createApp({
      settings,
      secrets,
      dataDirectory: options.data,
      discordApiBase: discordApiBase(env),
      logger,
      log: io.err,
      database,
    })
  const run: Run = { told, app: make(told), failed: new Promise(() => {}) }
  const signals = listen(logger)
  surviveBugs(logger)
  const begin = () => {
    run.failed = run.app.start().then(() => new Promise<never>(() => {}))
    io.err.write(`ibc-monitor ${VERSION} watches ${chainNames(run.told.settings) || 'no chain yet'}\n`)
    for (const one of run.told.settings.unwatched) io.err.write(`NOT WATCHED: ${printable(doubtLine(one))}\n`)
  }
  const status = () => run.app.status()
  const problem = () => run.app.liveness.problem(systemClock.now())
  const systemd = startSystemd({ env: io.env, logger, status, problem })
  try {
    begin()
    for (;;) {
      const signal = await Promise.race([signals.next(), run.failed])
      if (signal !== null) {
        logger.info({ signal }, 'stopping')
        return 0
      }
      const read = tellAgain(run, options.config, io.env, logger)
      const next = await Promise.race([read, run.failed, signals.ended.then(() => null)])
      if (next === null) continue
      await replace(run, next, { make, heed, logger })
      begin()
    }
  } finally {
    systemd.stop()
    await run.app.stop()
  }
}

/** What runs now. */
interface Run {
  told: Told
  app: App
  /** Rejects when the bot must end. */
  failed: Promise<never>
}

/** Stops the bot and makes it anew over the same database; where that fails, with what it was told before. */
async function replace(
  run: Run,
  next: Told,
  {
    make,
    heed,
    logger,
  }: { make(told: Told, database: Database): App; heed(told: Told): void; logger: Logger },
): Promise<void> {
  const before = run.told
  const changes = changesText(before, next)
  // Kept open: what cannot be opened now, and what is in memory alone, must not end the watch.
  const database = run.app.database.share()
  await run.app.stop()
  try {
    heed(next)
    run.app = make(next, database)
    run.told = next
  } catch (error) {
    // Nobody watches meanwhile.
    heed(before)
    run.app = make(before, database)
    return refuse(run, logger, messageOf(error))
  } finally {
    database.close()
  }
  logger.info({ changes }, 'the configuration was read again')
  say(run.app, changes)
}

/** @throws {UsageError} */
async function tell(file: string, given: NodeJS.ProcessEnv, read: typeof readConfig): Promise<Told> {
  const config = await read(file)
  const settings = await filledIn(config, file)
  const env = environment(given, file)
  return { config, settings, env, secrets: loadSecrets(secretNames(settings), env, file) }
}

/** What the configuration and the secrets say now; null: they say the same, or cannot be taken, which is said. */
async function tellAgain(
  run: Run,
  file: string,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<Told | null> {
  const { told } = run
  try {
    const next = await tell(file, env, readConfigAgain)
    // Not as it is written: that comes from another thread, and an object is not the same there.
    const meaning = ({ settings, env, secrets }: Told) => [settings, env, secrets]
    if (isDeepStrictEqual(meaning(next), meaning(told))) {
      logger.info('the configuration was read again: nothing has changed')
      return null
    }
    logLevel(next.env, 'info')
    const { withStartSecrets } = await import('../config/start-secrets.ts')
    const apiBase = discordApiBase(next.env)
    withStartSecrets({ ...next, discordApiBase: apiBase })
    await refuseToken(next.secrets.DISCORD_TOKEN!, told.secrets.DISCORD_TOKEN, apiBase)
    return next
  } catch (error) {
    refuse(run, logger, messageOf(error))
    return null
  }
}

/** @throws {UsageError} for another token, where Discord refuses it */
async function refuseToken(token: string, before: string | undefined, apiBase: string): Promise<void> {
  if (token === before) return
  const { probeDiscord } = await import('../discord/probe.ts')
  const nothing = { guildId: null, channelIds: [], userIds: [] }
  const asked = await probeDiscord({ token, apiBase, ...nothing, timeoutMs: TOKEN_MS })
  if (!asked.ok && asked.status === 401) throw new UsageError('Discord refuses the new DISCORD_TOKEN.')
}

const TOKEN_MS = 10_000

function refuse({ app, told }: Run, logger: Logger, problem: string): void {
  logger.error({ problem }, 'the configuration was read again and is not taken')
  const lines = secretCutter(hidden(told))(problem).split('\n').slice(0, LINES_MAX)
  const text = lines.map((line) => code(line, LINE_MAX)).join('\n')
  say(app, `⚠️ My configuration was read again and is not taken; I go on with what I had:\n${text}`)
}

/** Each time, also the same. */
function say(app: App, text: string): void {
  app.sayOnce('configuration', null)
  app.sayOnce('configuration', text)
}

/** So many lines fit into a message. */
const LINES_MAX = 10
const LINE_MAX = 150

function changesText(before: Told, next: Told): string {
  const names = (one: Told) => ({ ...one.env, ...one.secrets })
  const [was, is] = [names(before), names(next)]
  const variables = Object.keys({ ...was, ...is }).filter((name) => was[name] !== is[name])
  const cut = secretCutter([...hidden(before), ...hidden(next)])
  const changes = [
    ...configChanges(before.config, next.config),
    ...variables.map((name) => `${name}: another`),
  ]
  if (changes.length === 0) changes.push('the order of a list')
  const lines = changes.map((line) => code(cut(line), LINE_MAX))
  return ['⚠️ My configuration was read again. From now on:', ...someLines(lines, LINES_MAX)].join('\n')
}

const hidden = ({ secrets, env }: Told) => [...Object.values(secrets), ...proxySecrets(readProxy(env))]

/** The log, and what takes in what else must be hidden in it from now on. */
function createLog(told: Told, file: string, { err, env: given }: StartIo) {
  const secrets = new Set<string>()
  let cut = (text: string) => text
  const logger = createLogger('info', [], { write: (line) => err.write(cut(line)) })
  const heed = ({ env, settings, ...rest }: Told) => {
    logger.level = logLevel(env, 'info')
    const { channels, fallbackChannel } = settings.alerts
    noteForFailure(given, 'where', channels[DEFAULT_WEBHOOK]?.id ?? fallbackChannel)
    for (const one of hidden({ env, settings, ...rest })) secrets.add(one)
    cut = secretCutter([...secrets])
    const proxy = readProxy(env)
    useProxy(proxy)
    if (proxy) logger.warn({ variable: proxy.variable }, `${proxy.variable}: ${proxyText(proxy)}`)
    for (const { variable, doubt } of envDoubts(secretNames(settings), given, file))
      logger.warn({ variable }, `${variable}: ${doubt.reason}. ${doubt.mend}`)
  }
  heed(told)
  return { logger, heed }
}

/** A terminal that is closed ends the bot; elsewhere (a service, nohup) nobody would start it again after a clean stop. */
const HAD_TERMINAL = isatty(2)

/** The signals: `next` gives those that end the bot, and null for SIGHUP, which has the configuration read again. */
function listen(logger: Logger) {
  let isAsked = false
  let wake = () => {}
  const ended = new Promise<NodeJS.Signals>((end) => {
    // For good: under npm Ctrl-C comes twice, and Node would die of the second while the bot is stopping.
    process.on('SIGTERM', end).on('SIGINT', end)
    process.on('SIGHUP', (signal) => {
      // A terminal that was closed is none any more.
      if (HAD_TERMINAL && !isatty(2)) return end(signal)
      isAsked = true
      wake()
    })
    // It is sent to have logs opened anew, and would kill.
    process.on('SIGUSR2', () => logger.info('SIGUSR2: nothing is opened anew'))
  })
  const asked = async () => {
    while (!isAsked) await new Promise<void>((resolve) => (wake = resolve))
    isAsked = false
    return null
  }
  return { ended, next: () => Promise.race([ended, asked()]) }
}

function surviveBugs(logger: Logger): void {
  // Node would print them past the log, and wait for a terminal that is stopped.
  process
    .removeAllListeners('warning')
    .on('warning', (warning) => logger.warn({ err: warning }, 'Node warns'))
  const uncaught = (error: unknown) =>
    logger.error({ err: error }, 'an error that nobody caught: this is a bug')
  // The watch goes on: what failed is one part of many.
  process.on('unhandledRejection', uncaught).on('uncaughtException', uncaught)
}
