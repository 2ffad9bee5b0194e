// The registry of commands: look-ups, Discord's rules checked at construction, and the slash commands made from it.
import type { ArgSpec, Command, CommandRegistry } from './command.ts'
import { helpCommand } from './help.ts'

/**
 * Makes the registry of the given commands, with `help` added.
 * @throws {Error} that lists every breach of Discord's rules (a bug of ours, found at start)
 */
export function createRegistry(given: readonly Command[]): CommandRegistry {
  const commands: Command[] = [...given]
  const registry: CommandRegistry = {
    commands,
    get: (name) => byName.get(name),
    get prefixNames() {
      return commands.filter((command) => command.doors !== 'slash').map((command) => command.name)
    },
  }
  commands.push(helpCommand(registry))
  const byName = new Map(commands.map((command) => [command.name, command]))
  const problems = commands.flatMap(problemsOf)
  if (byName.size < commands.length) problems.push('two commands have the same name')
  if (commands.length > 100) problems.push('more than 100 commands')
  if (problems.length > 0) throw new Error(`commands break Discord's rules: ${problems.join('; ')}`)
  return registry
}

// Discord's rule for names of commands and options; they must be lower case besides.
const NAME = /^[-_'\p{L}\p{N}]{1,32}$/u

/** Limits of application commands: names 32, descriptions 100, 25 options, 25 choices of 100 characters. */
function problemsOf(command: Command): string[] {
  const problems: string[] = []
  const check = (fine: boolean, what: string) => fine || problems.push(`${command.name}: ${what}`)
  const named = (name: string) => NAME.test(name) && name === name.toLowerCase()
  const summed = (text: string) => text.length >= 1 && text.length <= 100
  check(named(command.name), 'bad name')
  check(summed(command.summary), 'summary must have 1 to 100 characters')
  check(command.example.split(' ')[0] === command.name, 'the example must begin with the name')
  check(command.args.length <= 25, 'more than 25 arguments')
  check(new Set(command.args.map((arg) => arg.name)).size === command.args.length, 'an argument twice')
  command.args.forEach((arg, i) => {
    check(named(arg.name), `bad argument name ${arg.name}`)
    check(summed(arg.summary), `${arg.name}: summary must have 1 to 100 characters`)
    check(
      !arg.required || command.args.slice(0, i).every((one) => one.required),
      `${arg.name}: required after optional`,
    )
    check(!arg.rest || i === command.args.length - 1, `${arg.name}: only the last argument takes the rest`)
    check(!(arg.choices && arg.complete), `${arg.name}: choices and completion exclude each other`)
    check(!(arg.choices || arg.complete) || (arg.kind ?? 'string') === 'string', `${arg.name}: not text`)
    check((arg.choices?.length ?? 1) >= 1 && (arg.choices?.length ?? 0) <= 25, `${arg.name}: 1 to 25 choices`)
    check(arg.choices?.every(summed) ?? true, `${arg.name}: a choice must have 1 to 100 characters`)
  })
  return problems
}

const OPTION_TYPE = { string: 3, integer: 4, user: 6 } as const

/**
 * The application command of a command, as Discord's API takes it. Who may use it is decided at each call, by the configured roles; Discord's
 * `default_member_permissions` knows permissions only, so it is left to the server's own settings.
 */
export function slashPayload(command: Command) {
  return {
    type: 1 as const,
    name: command.name,
    description: command.summary,
    options: command.args.map(slashOption),
  }
}

function slashOption(arg: ArgSpec) {
  return {
    type: OPTION_TYPE[arg.kind ?? 'string'],
    name: arg.name,
    description: arg.summary,
    ...(arg.required && { required: true }),
    ...(arg.complete && { autocomplete: true }),
    ...(arg.choices && { choices: arg.choices.map((choice) => ({ name: choice, value: choice })) }),
  }
}
