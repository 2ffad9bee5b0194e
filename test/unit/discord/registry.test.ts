// The rules for commands refuse what Discord would refuse, and the registry makes the slash commands.
import { describe, expect, it } from 'vitest'
import type { ArgSpec, Command } from '../../../src/discord/command.ts'
import { createRegistry, slashPayload } from '../../../src/discord/registry.ts'
import { commandProblems } from '../../support/command-rules.ts'
import { ack, call, command } from './commands.ts'

const arg = (over: Partial<ArgSpec> = {}): ArgSpec => ({ name: 'x', summary: 'X', ...over })

describe('createRegistry', () => {
  it('finds commands, adds help, and keeps slash-only ones from the prefix', () => {
    const drip = command({ name: 'drip', example: 'drip lig1x', doors: 'slash' })
    const registry = createRegistry([command(), drip])
    expect(registry.get('drip')).toBe(drip)
    expect(registry.get('nothing')).toBeUndefined()
    expect(registry.prefixNames).toEqual(['data', 'help'])
  })

  it.each<[string, Partial<Command>]>([
    ['bad name', { name: 'My Data', example: 'My Data' }],
    ['bad name', { name: 'DATA', example: 'DATA' }],
    ['summary must have', { summary: '' }],
    ['summary must have', { summary: 'x'.repeat(101) }],
    ['the example must begin with the name', { example: '$data' }],
    ['more than 25 arguments', { args: Array.from({ length: 26 }, (_, i) => arg({ name: `x${i}` })) }],
    ['an argument twice', { args: [arg(), arg()] }],
    ['bad argument name X', { args: [arg({ name: 'X' })] }],
    ['required after optional', { args: [arg(), arg({ name: 'y', required: true })] }],
    ['only the last argument takes the rest', { args: [arg({ rest: true }), arg({ name: 'y' })] }],
    ['exclude each other', { args: [arg({ choices: ['a'], complete: () => [] })] }],
    ['not text', { args: [arg({ kind: 'integer', choices: ['1'] })] }],
    ['1 to 25 choices', { args: [arg({ choices: [] })] }],
    ['1 to 25 choices', { args: [arg({ choices: Array.from({ length: 26 }, (_, i) => `${i}`) })] }],
    ['a choice must have', { args: [arg({ choices: [''] })] }],
  ])('refuses: %s', (problem, over) => {
    expect(commandProblems(createRegistry([command(over)])).join()).toContain(problem)
  })

  it('refuses two commands of one name, and says every problem at once', () => {
    const registry = createRegistry([command({ summary: '' }), command()])
    expect(commandProblems(registry).join()).toMatch(/summary.*same name/)
  })
})

describe('slashPayload', () => {
  it('has the types, choices and completion that Discord asks for', () => {
    const payload = slashPayload(
      command({
        args: [
          arg({ name: 'user', kind: 'user', required: true }),
          arg({ name: 'count', kind: 'integer' }),
          arg({ name: 'status', choices: ['a', 'b'] }),
          arg({ name: 'chain', complete: () => [] }),
        ],
      }),
    )
    expect(payload).toEqual({
      type: 1,
      name: 'data',
      description: 'The clients',
      options: [
        { type: 6, name: 'user', description: 'X', required: true },
        { type: 4, name: 'count', description: 'X' },
        {
          type: 3,
          name: 'status',
          description: 'X',
          choices: [
            { name: 'a', value: 'a' },
            { name: 'b', value: 'b' },
          ],
        },
        { type: 3, name: 'chain', description: 'X', autocomplete: true },
      ],
    })
  })
})

describe('help', () => {
  const drip = command({
    name: 'drip',
    example: 'drip lig1x',
    doors: 'slash',
    args: [arg({ required: true })],
  })
  const mute = command({ name: 'mute', example: 'mute x', access: 'admin', args: [] })
  const registry = createRegistry([command(), ack, drip, mute])
  const help = registry.get('help')!
  const show = (text: string) => (text.startsWith('drip') ? `/${text}` : `$${text}`)

  it('lists every command by who may use it, as typed here', async () => {
    const { text } = await help.run({}, call({ show }))
    expect(text).toBe(
      [
        '**For everyone**',
        '`$data [chain] [status]` The clients',
        '`$ack <alert> [time] [note]` I have it',
        '`/drip <x>` The clients',
        "`$help [command]` What I can do, or one command's usage and an example",
        '**For admins**',
        '`$mute` The clients',
        '`$help data` explains one command; `<…>` must be given, `[…]` may be left out.',
      ].join('\n'),
    )
  })

  it('explains one command, also when it is asked for with its prefix', async () => {
    const { text } = await help.run({ command: '$data' }, call())
    expect(text).toBe(
      [
        '**`$data [chain] [status]`**',
        'The clients.',
        '• `chain` (may be left out): A chain',
        '• `status` (may be left out): A status: `active`, `expired`, `frozen`',
        'Example: `$data osmosis expired`',
      ].join('\n'),
    )
    expect((await help.run({ command: 'mute' }, call())).text).toContain('Only for admins.')
  })

  it('helps with a name that is not known', async () => {
    await expect(help.run({ command: 'dta' }, call())).rejects.toThrow('Did you mean `$help data`?')
    await expect(help.run({ command: '@everyone' }, call())).rejects.toThrow('`$help` lists all.')
  })

  it('completes names', () => {
    expect(help.args[0]!.complete!('/d').map(({ value }) => value)).toEqual(['data', 'drip'])
  })
})
