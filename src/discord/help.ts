// `help`: the list of commands, or one command's usage, arguments and example; made from the registry.
import { Refusal } from '../kernel/errors.ts'
import { code } from '../words/text.ts'
import { usageOf } from './arguments.ts'
import type { Call, Command, CommandRegistry, Reply } from './command.ts'
import { probablyMeant } from './parse-prefix.ts'

const GROUPS = [
  { access: 'everyone', title: 'For everyone' },
  { access: 'moderator', title: 'For moderators' },
  { access: 'admin', title: 'For admins' },
] as const

/** Makes the help command over a registry (which contains it). */
export function helpCommand(
  registry: Pick<CommandRegistry, 'commands' | 'get'>,
): Command<{ command?: string }> {
  return {
    name: 'help',
    summary: "What I can do, or one command's usage and an example",
    example: `help ${registry.commands[0]?.name ?? 'help'}`,
    access: 'everyone',
    args: [
      {
        name: 'command',
        summary: 'A command to explain',
        complete: (typed) =>
          registry.commands
            .filter((command) => command.name.includes(typed.toLowerCase().replace(/^\W+/, '')))
            .map((command) => ({ name: `${command.name}: ${command.summary}`, value: command.name })),
      },
    ],
    async run(args, call) {
      return args.command === undefined ? list(registry, call) : explain(registry, args.command, call)
    },
  }
}

function list(registry: Pick<CommandRegistry, 'commands'>, call: Call): Reply {
  const groups = GROUPS.map(({ access, title }) => {
    const commands = registry.commands.filter((command) => command.access === access)
    const lines = commands.map((command) => `\`${call.show(usageOf(command))}\` ${command.summary}`)
    return lines.length > 0 ? [`**${title}**`, ...lines].join('\n') : ''
  })
  const more = `\`${call.show(`help ${registry.commands[0]!.name}`)}\` explains one command; \`<…>\` must be given, \`[…]\` may be left out.`
  return { text: [...groups, more].filter(Boolean).join('\n') }
}

function explain(registry: Pick<CommandRegistry, 'commands' | 'get'>, asked: string, call: Call): Reply {
  const name = asked.toLowerCase().replace(/^[^\p{L}\p{N}]+/u, '')
  const command = registry.get(name)
  if (!command) {
    const meant = probablyMeant(
      name,
      registry.commands.map((known) => known.name),
    )
    const hint = meant
      ? `Did you mean \`${call.show(`help ${meant}`)}\`?`
      : `\`${call.show('help')}\` lists all.`
    throw new Refusal(`There is no command ${code(asked, 40)}. ${hint}`)
  }
  const args = command.args.map((arg) => {
    const choices = arg.choices ? `: ${arg.choices.map((choice) => `\`${choice}\``).join(', ')}` : ''
    return `• \`${arg.name}\`${arg.required ? '' : ' (may be left out)'}: ${arg.summary}${choices}`
  })
  const who = command.access === 'everyone' ? '' : ` Only for ${command.access}s.`
  return {
    text: [
      `**\`${call.show(usageOf(command))}\`**`,
      `${command.summary}.${who}`,
      ...args,
      `Example: \`${call.show(command.example)}\``,
    ].join('\n'),
  }
}
