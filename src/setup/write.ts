// Writes what was planned: config.ts and .env, never over something else unless told to; then the rows.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import { lineOfVariable } from '../config/env-file.ts'
import type { ConfigInput } from '../config/schema.ts'
import { ALSO_NAMED, envFileOf } from '../config/secrets.ts'
import { decodeText } from '../kernel/decode.ts'
import { messageOf, UsageError } from '../kernel/errors.ts'
import { configText } from './config-text.ts'
import type { Comments } from './plan.ts'

/** What stands at the head of a configuration that is written, below what it is. */
export const HEAD = 'Everything that can be set is in config.example.ts; secrets are in .env.'

/** The path as it is typed from here. */
export function shownPath({ path }: PlannedFile): string {
  const short = relative('', path)
  return short.startsWith('..') ? path : short
}

/** One file as it should be, beside what is there. */
export interface PlannedFile {
  path: string
  text: string
  mode: number
  /** `new`; `same`: nothing to do; `added`: only gets more lines; `different`: something would be overwritten. */
  state: 'new' | 'same' | 'added' | 'different'
}

/** Secrets that every installation needs; they get an empty line to fill in. */
const NEEDED: Record<string, string> = {
  DISCORD_TOKEN: "The bot's token: Discord developer portal, your application, Bot, Reset Token.",
  [DEFAULT_WEBHOOK]:
    'Where alerts go: channel settings, Integrations, Webhooks, Copy Webhook URL. Or name the channel in alerts.channel.',
}

/**
 * Plans the configuration file: a plain object, which needs no import and works anywhere on the disk. A `.json` name
 * gives JSON, without comments.
 * @throws {UsageError} for a name that could not be read back
 */
export function planConfigFile(
  configFile: string,
  plan: { config: ConfigInput; comments: Comments; head: string[] },
): PlannedFile {
  const path = resolve(configFile)
  if (!/\.(json|m?[jt]s)$/.test(path))
    throw new UsageError(`${path} would not be read as a configuration: name a .ts, .js or .json file.`)
  const text = path.endsWith('.json')
    ? `${JSON.stringify(plan.config, null, 2)}\n`
    : configText(plan.config, plan)
  return { path, text, mode: 0o644, state: stateOf(path, text) }
}

function stateOf(path: string, text: string): PlannedFile['state'] {
  const there = textOf(path)
  return there === null ? 'new' : there === text ? 'same' : 'different'
}

/** Null where there is no such file. */
function textOf(path: string): string | null {
  if (!existsSync(path)) return null
  try {
    return decodeText(readFileSync(path))
  } catch (error) {
    throw new UsageError(`${path} is there and cannot be read: ${messageOf(error)}`)
  }
}

/**
 * Plans the `.env` beside the configuration: what is there stays, secrets that are missing are added, and those that
 * nobody has yet get an empty line. `different` when a secret has another value there.
 */
export function planEnvFile(configFile: string, env: Readonly<Record<string, string>>): PlannedFile {
  const path = envFileOf(configFile)
  const before = textOf(path)
  const there = before === null ? {} : parseDotenv(before)
  let text = before ?? '# Secrets of ibc-monitor: they stay out of the configuration and out of git.\n'
  let different = false
  for (const name of new Set([...Object.keys(NEEDED), ...Object.keys(env)])) {
    const value = env[name] ?? ''
    const other = ALSO_NAMED[name]
    const known = other && !there[name] && there[other] ? other : name
    const current = there[known]
    if (current === value || (current !== undefined && value === '')) continue
    different ||= current !== undefined && current !== ''
    text = withSecret(text, known, value, current !== undefined)
  }
  const state = before === null ? 'new' : text === before ? 'same' : different ? 'different' : 'added'
  return { path, text, mode: 0o600, state }
}

function withSecret(text: string, name: string, value: string, isThere: boolean): string {
  const line = `${name}=${/^[\w:/.@%+=,~-]*$/.test(value) ? value : `'${value}'`}`
  if (isThere) {
    const lines = text.split('\n')
    const index = lineOfVariable(lines, name)
    if (index !== -1) return lines.with(index, line).join('\n')
  }
  const explained = NEEDED[name] ? `# ${NEEDED[name]}\n` : ''
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${explained}${line}\n`
}

/**
 * Writes a file unless it is there already, with its rights; a crash leaves the old one or the new one.
 * @throws {UsageError} when it cannot be written there
 */
export function writeFile(file: PlannedFile): void {
  try {
    put(file)
  } catch (error) {
    throw new UsageError(
      `${file.path} cannot be written: ${messageOf(error)}. --config FILE writes elsewhere.`,
    )
  }
}

function put({ path, text, mode, state }: PlannedFile): void {
  if (state === 'new') {
    mkdirSync(dirname(path), { recursive: true })
    // Fails when somebody made the file meanwhile.
    writeFileSync(path, text, { mode, flag: 'wx' })
  } else if (state !== 'same') {
    const temporary = `${path}.${process.pid}.tmp`
    writeFileSync(temporary, text, { mode })
    renameSync(temporary, path)
  }
  if (mode === 0o600 && (statSync(path).mode & 0o077) !== 0) chmodSync(path, mode)
}
