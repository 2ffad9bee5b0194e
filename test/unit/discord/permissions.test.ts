// What the bot may do in a channel: Discord's order of roles and overwrites.
import { PermissionFlagsBits } from 'discord.js'
import { describe, expect, it } from 'vitest'
import {
  inviteUrl,
  missingRights,
  NEEDED,
  type Overwrite,
  permissionsOf,
  type Standing,
} from '../../../src/discord/permissions.ts'

const { ViewChannel: VIEW, SendMessages: SEND, Administrator: ADMIN } = PermissionFlagsBits
const all = Object.values(NEEDED).reduce((bits, bit) => bits | bit, 0n)

function standing(more: Partial<Standing> = {}): Standing {
  const roles = new Map([
    ['guild', VIEW],
    ['quiet', 0n],
    ['loud', SEND],
    ['admin', ADMIN],
  ])
  return { guildId: 'guild', ownerId: 'owner', userId: 'bot', roleIds: ['quiet', 'loud'], roles, ...more }
}
const overwrite = (id: string, allow: bigint, deny: bigint, type = 0): Overwrite => ({
  id,
  type,
  allow,
  deny,
})

describe('permissionsOf', () => {
  it('adds up everyone and the own roles, not those of others', () => {
    expect(permissionsOf(standing())).toBe(VIEW | SEND)
    expect(permissionsOf(standing({ roleIds: [] }))).toBe(VIEW)
  })

  it('gives everything to the owner and to administrators, whatever a channel says', () => {
    const deny = [overwrite('guild', 0n, all)]
    expect(permissionsOf(standing({ userId: 'owner' }), deny) & all).toBe(all)
    expect(permissionsOf(standing({ roleIds: ['admin'] }), deny) & all).toBe(all)
  })

  it.each([
    ['everyone is denied', [overwrite('guild', 0n, SEND)], VIEW],
    ['a role wins over everyone', [overwrite('loud', SEND, 0n), overwrite('guild', 0n, SEND)], VIEW | SEND],
    ['of two roles, allowing wins', [overwrite('quiet', 0n, SEND), overwrite('loud', SEND, 0n)], VIEW | SEND],
    ['the member wins over roles', [overwrite('bot', 0n, SEND, 1), overwrite('loud', SEND, 0n)], VIEW],
    [
      'what is about others counts for nothing',
      [overwrite('admin', 0n, SEND), overwrite('ann', 0n, SEND, 1)],
      VIEW | SEND,
    ],
    ['a role of the id of a member is none', [overwrite('bot', 0n, SEND, 0)], VIEW | SEND],
  ])('%s', (_, overwrites, bits) => expect(permissionsOf(standing(), overwrites)).toBe(bits))
})

describe('missingRights', () => {
  it('names what is missing as Discord does', () => {
    expect(missingRights(all)).toEqual([])
    expect(missingRights(all & ~SEND)).toEqual(['Send Messages'])
    expect(missingRights(0n)).toEqual(Object.keys(NEEDED))
  })

  it('means everything where the channel is not seen', () => {
    expect(missingRights(all & ~VIEW)).toEqual(Object.keys(NEEDED))
  })

  it('asks for another right in a thread', () => {
    expect(missingRights(all, true)).toEqual(['Send Messages'])
    expect(missingRights((all & ~SEND) | PermissionFlagsBits.SendMessagesInThreads, true)).toEqual([])
  })
})

it('the invitation asks for Manage Webhooks only where the bot is to make them', () => {
  const asked = (manages?: boolean) =>
    BigInt(new URL(inviteUrl('1', manages)).searchParams.get('permissions')!) &
    PermissionFlagsBits.ManageWebhooks
  expect([asked(), asked(true)]).toEqual([0n, PermissionFlagsBits.ManageWebhooks])
})
