// The arguments of a command, the same for every door: usage, splitting a typed line, checking and converting.
import { messageOf, Refusal } from '../kernel/errors.ts'
import { code } from '../words/text.ts'
import type { ArgSpec, Command } from './command.ts'

/** Argument texts by argument name, as a door received them. */
export type RawArgs = Readonly<Record<string, string>>

/** `data [chain] [status]`: the command with its arguments; `<…>` must be given, `[…]` may be left out. */
export function usageOf(command: Command): string {
  const args = command.args.map((arg) => (arg.required ? `<${arg.name}>` : `[${arg.name}]`))
  return [command.name, ...args].join(' ')
}

/**
 * Splits the text after a prefix command into its arguments. Quotes hold a value with spaces together; the last
 * argument with `rest` takes what is left as it is. A value that is one of the choices of a later argument, and
 * not of the one whose turn it is, is given to that one: `$data expired` is a status, not a chain.
 * @throws {Refusal} for more values than the command takes
 */
export function splitArgs(command: Command, text: string, show: (command: string) => string): RawArgs {
  const values: Record<string, string> = {}
  let left = text.trim()
  while (left) {
    const free = command.args.filter((arg) => values[arg.name] === undefined)
    const next = free[0]
    if (next?.rest) {
      values[next.name] = unquote(left)
      return values
    }
    const { value, rest } = takeValue(left)
    const target = next && !isChoice(next, value) ? (free.find((arg) => isChoice(arg, value)) ?? next) : next
    // An argument that must be given is never skipped for a later one.
    const taker = next?.required ? next : target
    if (!taker) throw new Refusal(tooMany(command, value, show))
    values[taker.name] = value
    left = rest
  }
  return values
}

/**
 * Checks every argument and converts it by its kind, choices and schema.
 * Returns the values for `Command.run`: integers as numbers, users as their ids, what was left out is absent.
 * @throws {Refusal} that names every problem, with usage and an example
 */
export function convertArgs(command: Command, raw: RawArgs, show: (command: string) => string): object {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const arg of command.args) {
    const text = raw[arg.name]?.trim()
    if (!text) {
      if (arg.required) problems.push(`\`${arg.name}\` is missing: ${arg.summary}`)
      continue
    }
    const { value, problem } = convertOne(arg, text)
    if (problem) problems.push(`\`${arg.name}\`: ${problem}`)
    else values[arg.name] = value
  }
  if (problems.length > 0) throw new Refusal([...problems, howTo(command, show)].join('\n'))
  return values
}

function convertOne(arg: ArgSpec, text: string): { value?: unknown; problem?: string } {
  let value: unknown = text
  if (arg.kind === 'integer') {
    const number = Number(text)
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) {
      return { problem: `${code(text)} is not a whole number` }
    }
    value = number
  }
  if (arg.kind === 'user') {
    const id = /^(?:<@!?)?(\d{15,20})>?$/.exec(text)?.[1]
    if (!id) return { problem: `${code(text)} is not a user: mention one, or give the user's id` }
    value = id
  }
  if (arg.choices) {
    const choice = arg.choices.find((known) => known.toLowerCase() === text.toLowerCase())
    if (choice === undefined) {
      return { problem: `${code(text)} is none of ${arg.choices.map((known) => `\`${known}\``).join(', ')}` }
    }
    value = choice
  }
  if (!arg.schema) return { value }
  try {
    const parsed = arg.schema.safeParse(value)
    if (parsed.success) return { value: parsed.data }
    return { problem: [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ') }
  } catch (error) {
    // A schema's own function may refuse by throwing.
    if (error instanceof Refusal) return { problem: messageOf(error) }
    throw error
  }
}

function howTo(command: Command, show: (command: string) => string): string {
  return `Usage: \`${show(usageOf(command))}\`, such as \`${show(command.example)}\``
}

function tooMany(command: Command, extra: string, show: (command: string) => string): string {
  const takes =
    command.args.length === 0
      ? `\`${show(command.name)}\` takes no arguments`
      : `\`${show(command.name)}\` takes at most ${command.args.length} argument${command.args.length > 1 ? 's' : ''}`
  return `${takes}; ${code(extra)} is too many. Put a value with spaces in quotes.\n${howTo(command, show)}`
}

function isChoice(arg: ArgSpec, value: string): boolean {
  return arg.choices?.some((choice) => choice.toLowerCase() === value.toLowerCase()) ?? false
}

/** By the opening one. */
const CLOSING = new Map(['""', "''", '“”', '„“', '«»', '‘’'].map(([open, close]) => [open, close]))

/** Takes the first value of a line: quoted (also with the quotes that phones make), or up to the next space. */
function takeValue(line: string): { value: string; rest: string } {
  const closing = CLOSING.get(line[0])
  if (closing) {
    // The quote ends where it is followed by a space or by nothing: an apostrophe inside of a word does not end it.
    for (let at = line.indexOf(closing, 1); at > 0; at = line.indexOf(closing, at + 1)) {
      const rest = line.slice(at + 1)
      if (rest === '' || /^\s/.test(rest)) return { value: line.slice(1, at), rest: rest.trim() }
    }
  }
  const [value] = /^\S+/.exec(line)!
  return { value, rest: line.slice(value.length).trim() }
}

function unquote(text: string): string {
  const { value, rest } = takeValue(text)
  return rest === '' ? value : text
}
