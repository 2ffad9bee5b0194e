// Commands for the end-to-end tests of the doors.
import { z } from 'zod'
import type { Call, Command, Reply } from '../../src/discord/command.ts'
import { Refusal } from '../../src/kernel/errors.ts'

/** Every run of a test command, in order. */
export const runs: { name: string; args: unknown; call: Call }[] = []

/** A command that is noted in `runs` and then answers. */
export const make = (
  name: string,
  answer: (args: never, call: Call) => Reply | Promise<Reply>,
  over: Partial<Command> = {},
): Command => ({
  name,
  summary: `Does ${name}`,
  example: name,
  access: 'everyone',
  args: [],
  run: async (args, call) => {
    runs.push({ name, args, call })
    return answer(args as never, call)
  },
  ...over,
})

/** One command for each thing that the doors do. */
export const testCommands: Command[] = [
  make(
    'data',
    (args: { chain?: string; status?: string }, call) => ({
      text: `${args.chain ?? 'all'} ${args.status ?? 'any'} page ${call.page}`,
      page: { index: call.page, count: 3 },
    }),
    {
      example: 'data osmosis expired',
      args: [
        {
          name: 'chain',
          summary: 'A chain',
          complete: (typed) => {
            if (typed === 'boom') throw new Error('bug')
            return Array.from({ length: 30 }, (_, i) => ({
              name: `${typed}${i} ${'x'.repeat(120)}`,
              value: `${typed}${i}`,
            }))
          },
        },
        { name: 'status', summary: 'A status', choices: ['active', 'expired'] },
      ],
    },
  ),
  make('refuse', () => {
    throw new Refusal('this cannot be done')
  }),
  make('bug', () => {
    throw new TypeError('oops')
  }),
  make('mute', () => ({ text: 'muted' }), { access: 'admin' }),
  make('long', () => ({ text: 'a line of forty characters, more or less\n'.repeat(120) })),
  make('file', () => ({ text: 'a file', files: [{ name: 'p.json', data: Buffer.from('{}') }] })),
  make('ping', () => ({ text: '<@&1> @everyone hi' })),
  make('malformed', () => ({ embeds: [{ title: 'x', url: 'not a url' }] })),
  make('slow', async (_, call) => {
    await call.edit({ text: 'working' })
    return { text: 'started' }
  }),
  make('write', async (_, call) => ({ text: `dm ${await call.dm(call.caller.userId, { text: 'hello' })}` })),
  make('drip', (args: { address: string }) => ({ text: `sent to ${args.address}` }), {
    doors: 'slash',
    ephemeral: true,
    anyChannel: true,
    example: 'drip lig1x',
    args: [
      {
        name: 'address',
        summary: 'Where to',
        required: true,
        schema: z.string().startsWith('lig', 'use a lig address'),
      },
    ],
  }),
  make('ban', (args: { user: string; days?: number }) => ({ text: `${args.user} ${args.days}` }), {
    doors: 'slash',
    example: 'ban 1',
    args: [
      { name: 'user', summary: 'Whom', kind: 'user', required: true },
      { name: 'days', summary: 'For how long', kind: 'integer' },
    ],
  }),
]
