// The front door: arguments, signals, exit codes.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { runCheck } from './cli/check.ts'
import { chainsToCheck } from './cli/check-chains.ts'
import { FAIL_ON, type FailOn } from './cli/check-report.ts'
import { createProgress } from './cli/progress.ts'
import { environment, readableEnvironment } from './config/secrets.ts'
import { systemClock } from './kernel/clock.ts'
import { FatalError, LastingError, messageOf, UsageError } from './kernel/errors.ts'
import type { Io } from './kernel/io.ts'
import { createLineSink, openStderr } from './kernel/line-sink.ts'
import { createLogger, logLevel } from './kernel/logger.ts'
import { keepHeapSmall } from './kernel/memory.ts'
import { nearest } from './kernel/nearest.ts'
import { readProxy, useProxy } from './net/proxy.ts'
import { noteForFailure } from './ops/failure-note.ts'
import type { ImportOptions } from './setup/import.ts'
import { VERSION } from './version.ts'
import { printable } from './words/text.ts'

/** Exit codes: 0 done, 1 fatal, 2 what starting again does not mend (systemd does not restart after it). */
const FATAL = 1
const USAGE = 2

interface Common {
  config: string
  data: string
}

/** Runs the command line in `argv` (as of `process.argv`) and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  keepHeapSmall()
  const io: Io = { out: process.stdout, err: process.stderr, env: process.env }
  let code = 0
  let unwritten: string | null = null
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads may stop before the end (`| head`): what is left is not written, and the exit code stays true.
    if (error.code !== 'EPIPE') unwritten = messageOf(error)
  })
  // There is nowhere to say it.
  process.stderr.on('error', () => {})
  const program = commandLine(io, (result) => {
    code = result
  })
  try {
    refuseUnknown(program, argv[2])
    await program.parseAsync(argv)
  } catch (error) {
    code = failure(error, io)
  }
  // What was written to a pipe is written before the process ends.
  await new Promise((done) => process.stdout.write('', done))
  if (unwritten !== null) {
    io.err.write(`The output could not be written: ${unwritten}\n`)
    code ||= FATAL
  }
  await new Promise((done) => process.stderr.write('', done))
  process.exit(code)
}

/** Without this an unknown word would be taken for an argument of `start`, the default command. */
function refuseUnknown(program: Command, word: string | undefined): void {
  const names = [...program.commands.map((command) => command.name()), 'help']
  if (word === undefined || word.startsWith('-') || names.includes(word)) return
  const [meant] = nearest(word, names)
  throw new UsageError(
    `There is no command \`${word}\`${meant ? `, did you mean \`${meant}\`?` : `. There are: ${names.join(', ')}.`}`,
  )
}

function failure(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (error instanceof UsageError || error instanceof FatalError)
    io.err.write(`${printable(error.message)}\n`)
  else
    io.err.write(
      `${error instanceof Error ? error.stack : messageOf(error)}\nThis is a bug in ibc-monitor.\n`,
    )
  return error instanceof UsageError || error instanceof LastingError ? USAGE : FATAL
}

/** Adds a command with the options that all have. */
type Add = (name: string, summary: string) => Command
type Done = (code: number) => void

function commandLine(io: Io, done: Done): Command {
  const program = new Command('ibc-monitor')
    .description(
      'Watches IBC light clients and relayer wallets, and tells a relayer team in Discord before it is too late.',
    )
    .version(VERSION)
    .exitOverride()
    .hook('preAction', async (_, command) => {
      const { service, instance } = command.opts()
      if (service || instance) await asService(command, instance ?? null, io)
      useProxy(readProxy(readableEnvironment(io.env, command.opts().config)))
    })
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
  const add: Add = (name, summary) =>
    program
      .command(name, { isDefault: name === 'start' })
      .description(summary)
      .addOption(new Option('--config <file>', 'configuration: .ts, .js or .json').default('config.ts'))
      .addOption(new Option('--data <dir>', 'directory of the database').default('data'))
      .version(VERSION)
      .exitOverride()
      .allowExcessArguments(false)

  add('start', 'run the bot until SIGTERM or SIGINT').action(async (options: Common) =>
    done(await start(options, io)),
  )
  addCheck(add, io, done)
  addSetup(add, io, done)
  addCare(add, io, done)

  add('demo', 'a local world: chains, Discord, a faucet and the real bot, nothing to configure')
    .option('--script', 'play a fixed story, print the channel and exit', false)
    .action(async (options: { script: boolean }) => {
      const { runDemo } = await import('../sandbox/demo/demo.ts')
      done(await runDemo({ script: options.script }, io))
    })
  return program
}

function addCheck(add: Add, io: Io, done: Done): void {
  add('check', 'read every client once: a table, or JSON, and an exit code')
    .argument(
      '[chains...]',
      'of the configuration, of the chain registry (cosmoshub osmosis), or REST addresses (https://…); none: all configured',
    )
    .option('--chain <id>', 'only this chain (may be given more than once)', collect, [])
    .option('--client <id>', 'only this client (may be given more than once)', collect, [])
    .option('--json', 'one JSON object on stdout', false)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices(FAIL_ON)
        .default('expired'),
    )
    .action(
      async (
        words: string[],
        options: Common & { chain: string[]; client: string[]; json: boolean; failOn: FailOn },
        command: Command,
      ) => {
        const { config, chain, client, json, failOn } = options
        const isNamed = command.getOptionValueSource('config') === 'cli'
        const named = [...words, ...chain]
        const progress = json ? undefined : createProgress(io)
        // What follows the host of an address may be a key.
        const shown = named.map((word) => (URL.canParse(word) && new URL(word).host) || word)
        progress?.asking('looking up', shown.length > 0 ? shown : ['the chains of the configuration'])
        try {
          const chains = await chainsToCheck(named, { file: config, isNamed, env: io.env })
          const logger = createLogger(logLevel(environment(io.env, config), 'silent'))
          const deps = { clock: systemClock, logger, progress }
          done(await runCheck(chains, { clients: client, json, failOn }, io, deps))
        } finally {
          progress?.end()
        }
      },
    )
}

/** What writes a configuration. */
function addSetup(add: Add, io: Io, done: Done): void {
  add('init', 'write config.ts and .env from the chain registry')
    .argument('[chains...]', 'names or chain ids of the registry, such as cosmoshub osmosis')
    .option('--relayer <address...>', 'what your relayer updates becomes `mine`')
    .action(async (chains: string[], options: Common & { relayer?: string[] }) => {
      const { runInit } = await import('./setup/init.ts')
      done(await runInit({ ...options, chains }, io))
    })
  add(
    'import',
    "bring a predecessor's folder, or a file of hermes, rly, an exporter or tenderduty; nothing of it is executed",
  )
    .argument('<path>', 'folder or file')
    .option('--dry-run', 'only say what would be written', false)
    .option('--force', 'replace files that are there', false)
    .option('--prefix <text>', 'prefix of the commands, so that two bots can run side by side')
    .option('--keys <file>', 'output of `hermes keys list` or `rly keys list`, for the wallets')
    .action(async (path: string, options: Common & Omit<ImportOptions, 'path'>) => {
      const { runImport } = await import('./setup/import.ts')
      done(await runImport({ ...options, path }, io, { nowMs: systemClock.now() }))
    })
}

/** Configuration, data and secrets of the installed service. */
async function asService(command: Command, name: string | null, io: Io): Promise<void> {
  const { findService } = await import('./cli/service.ts')
  const { config, data, env } = findService(name, io.env)
  const given = (key: string) => command.getOptionValueSource(key) === 'cli'
  if (!given('config')) command.setOptionValue('config', config)
  if (!given('data')) command.setOptionValue('data', data)
  io.env = env
}

/** What looks after a bot that is set up. */
function addCare(addPlain: Add, io: Io, done: Done): void {
  const add: Add = (name, summary) =>
    addPlain(name, summary)
      .option('--service', 'configuration, data and secrets of the installed service', false)
      .option('--instance <name>', 'those of the service ibc-monitor@NAME')
  add('doctor', 'check the configuration, every endpoint, Discord, the webhooks and this machine')
    .option('--json', 'one JSON object on stdout', false)
    .action(async (options: Common & { json: boolean }) => {
      const { runDoctor } = await import('./cli/doctor/index.ts')
      done(await runDoctor(options, withDotenv(io, options), { clock: systemClock }))
    })

  add(
    'test-alert',
    'send one of each alert through the real webhooks, marked as a test; it tags whom alerts tag',
  )
    .option('--no-mention', 'tag nobody')
    .option('--pager', 'send a test page to each pager too, and resolve it', false)
    .action(async (options: Common & { mention: boolean; pager: boolean }) => {
      const { runTestAlert } = await import('./cli/test-alert.ts')
      done(await runTestAlert(options, withDotenv(io, options), { clock: systemClock }))
    })

  add('backup', 'write a consistent copy of the database; the bot may run meanwhile')
    .argument('<file>', 'where the copy goes; must not exist')
    .action(async (file: string, options: Common) => {
      const { runBackup } = await import('./cli/backup.ts')
      done(await runBackup({ data: options.data, file }, io))
    })

  add('restore', 'the way back from a backup, while the bot is stopped; what is there is kept beside it')
    .argument('<file>', 'the backup')
    .action(async (file: string, options: Common) => {
      const { runRestore } = await import('./cli/restore.ts')
      done(await runRestore({ data: options.data, file }, io, systemClock.now()))
    })
}

/** DISCORD_API_BASE and NO_COLOR may stand in `.env` too. */
const withDotenv = (io: Io, { config }: Common): Io => ({ ...io, env: environment(io.env, config) })

function collect(value: string, before: string[]): string[] {
  if (value.trim() === '') throw new InvalidArgumentError('must not be empty')
  return [...before, value.trim()]
}

/** How long the last lines of the log may take, in milliseconds. */
const LAST_LINES_MS = 1000

/** Runs the bot. What it writes to stderr never waits for a reader or a disk, not even at its end. */
async function start(options: Common, io: Io): Promise<number> {
  const err = createLineSink(openStderr())
  noteForFailure(io.env, 'why', null)
  try {
    const { runStart } = await import('./cli/start.ts')
    return await runStart(options, { ...io, err })
  } catch (error) {
    noteForFailure(io.env, 'why', messageOf(error))
    return failure(error, { ...io, err })
  } finally {
    await err.end(LAST_LINES_MS)
  }
}
