// Commands and calls for the tests of the doors.
import { pino } from 'pino'
import { z } from 'zod'
import type { Call, Command } from '../../../src/discord/command.ts'

export const silent = pino({ level: 'silent' })

/** A command that tells what it was given. */
export function command(over: Partial<Command> = {}): Command {
  return {
    name: 'data',
    summary: 'The clients',
    example: 'data osmosis expired',
    access: 'everyone',
    args: [
      { name: 'chain', summary: 'A chain' },
      { name: 'status', summary: 'A status', choices: ['active', 'expired', 'frozen'] },
    ],
    run: async (args) => ({ text: JSON.stringify(args) }),
    ...over,
  }
}

/** `$ack <alert> [time] [note]`: required, a schema, and the rest of the line. */
export const ack = command({
  name: 'ack',
  summary: 'I have it',
  example: 'ack 41 2h relayer restarted',
  args: [
    { name: 'alert', summary: 'The number of the alert', kind: 'integer', required: true },
    {
      name: 'time',
      summary: 'How long',
      schema: z
        .string()
        .regex(/^\d+[mhd]$/, 'give a time such as 2h')
        .transform((text) => ({ text })),
    },
    { name: 'note', summary: 'What you do about it', rest: true },
  ],
})

export function call(over: Partial<Call> = {}): Call {
  return {
    id: '1',
    door: 'prefix',
    caller: { userId: '9', name: 'ann', roleIds: [], isAdmin: false, joinedAtMs: null, pending: false },
    channelId: '5',
    guildId: '1',
    page: 0,
    nowMs: 0,
    show: (text) => `$${text}`,
    mayWriteIn: async () => true,
    edit: async () => true,
    dm: async () => true,
    ...over,
  }
}
