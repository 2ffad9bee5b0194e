// The log: pino as JSON lines, with every known secret cut out of whatever is written.
import { type DestinationStream, type Logger, pino } from 'pino'
import { UsageError } from './errors.ts'

export type { Logger } from 'pino'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** @throws {UsageError} for a LOG_LEVEL that is none */
export function logLevel(env: NodeJS.ProcessEnv, otherwise: string): string {
  const level = env.LOG_LEVEL || otherwise
  if (LOG_LEVELS.includes(level)) return level
  throw new UsageError(`LOG_LEVEL=${level} is not a level. Use one of: ${LOG_LEVELS.join(', ')}.`)
}

/**
 * Makes the logger. `secrets` are exact strings (token, webhook URLs) that are replaced by `[secret]` wherever
 * they would appear, nested errors and URLs included.
 */
export function createLogger(
  level: string,
  secrets: readonly string[] = [],
  stream: DestinationStream = process.stderr,
): Logger {
  const redact = secretCutter(secrets)
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => stream.write(redact(line)) },
  )
}

/** A function that replaces every secret in a text, also in its JSON-escaped form. */
export function secretCutter(secrets: readonly string[]): (text: string) => string {
  const forms = new Set<string>()
  // A webhook's URL may name a thread; what is before that is the secret. A pager's may be of several words.
  for (const secret of secrets.flatMap((one) => [
    one,
    one.replace(/\?thread_id=\d+$/, ''),
    ...one.split(/\s+/),
  ])) {
    forms.add(secret)
    forms.add(JSON.stringify(secret).slice(1, -1))
    forms.add(encodeURIComponent(secret))
    // A webhook is called by its path, and its last part alone is enough to use it.
    if (/^https?:\/\//.test(secret)) forms.add(secret.replace(/^https?:\/\/[^/]+/, ''))
    const tail = secret.split('/').at(-1)!
    if (/^https?:\/\//.test(secret) && tail.length >= 16) forms.add(tail)
  }
  // What is shorter is a word like any other.
  const sorted = [...forms].filter((form) => form.length >= 6).sort((a, b) => b.length - a.length)
  return (text) => sorted.reduce((cut, secret) => cut.replaceAll(secret, '[secret]'), text)
}
