// What of commands breaks Discord's rules for them, or ours: a mistake in our own code, so that tests look for it.
import type { Command, CommandRegistry } from '../../src/discord/command.ts'

/** Every breach. */
export function commandProblems({ commands }: Pick<CommandRegistry, 'commands'>): string[] {
  const problems = commands.flatMap(problemsOf)
  const names = new Set(commands.map(({ name }) => name))
  if (names.size < commands.length) problems.push('two commands have the same name')
  if (commands.length > 100) problems.push('more than 100 commands')
  return problems
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
