// The registry of commands: look-ups, and the slash commands made from it.
import type { ArgSpec, Command, CommandRegistry } from './command.ts'
import { helpCommand } from './help.ts'

/** Makes the registry of the given commands, with `help` added unless that is not wanted. */
export function createRegistry(given: readonly Command[], withHelp = true): CommandRegistry {
  const commands: Command[] = [...given]
  const registry: CommandRegistry = {
    commands,
    get: (name) => byName.get(name),
    get prefixNames() {
      return commands.filter((command) => command.doors !== 'slash').map((command) => command.name)
    },
  }
  if (withHelp) commands.push(helpCommand(registry))
  const byName = new Map(commands.map((command) => [command.name, command]))
  return registry
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
