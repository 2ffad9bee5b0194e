// The local Discord for its own tests, anew for each.
import type { Client } from 'discord.js'
import { type LocalDiscord, startLocalDiscord } from './discord.ts'

export const COMMANDS = [
  {
    name: 'data',
    description: 'The clients of a chain',
    options: [
      { type: 3, name: 'chain', description: 'A chain', required: true, autocomplete: true },
      {
        type: 3,
        name: 'status',
        description: 'Only these',
        choices: [{ name: 'expired', value: 'expired' }],
      },
      { type: 6, name: 'user', description: 'Somebody' },
    ],
  },
  {
    name: 'faucet',
    description: 'The faucet',
    default_member_permissions: '32',
    options: [{ type: 1, name: 'pause', description: 'Stops it' }],
  },
]

export let local: LocalDiscord
export let { clock, world, server, channel, ann, connect, makeClient } = {} as LocalDiscord
export const setUp = async (options?: Parameters<typeof startLocalDiscord>[0]) => {
  local = await startLocalDiscord(options)
  ;({ clock, world, server, channel, ann, connect, makeClient } = local)
}

export const register = (client: Client<true>) => client.application.commands.set(COMMANDS, world.guild.id)
