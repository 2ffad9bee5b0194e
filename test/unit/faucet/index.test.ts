// The faucet as the program builds it: secrets checked, commands as Discord takes them, nothing before the start.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createRegistry, slashPayload } from '../../../src/discord/registry.ts'
import { createFaucet } from '../../../src/faucet/index.ts'
import { UsageError } from '../../../src/kernel/errors.ts'
import { type Database, openDatabase } from '../../../src/storage/database.ts'
import { commandProblems } from '../../support/command-rules.ts'
import {
  CHANNEL,
  faucetSettings,
  ligAddress,
  MODERATOR_ROLE,
  person,
  silent,
  startBench,
} from '../../support/faucet.ts'

let database: Database
beforeEach(() => {
  database = openDatabase(':memory:', { nowMs: 0 })
})
afterEach(() => database.close())

const make = (settings: ReturnType<typeof faucetSettings>[], secrets: Record<string, string>) =>
  createFaucet({
    settings,
    secrets,
    database,
    clock: new ManualClock(),
    logger: silent,
    speak: { dm: async () => false, sayInChannel: async () => false },
  })
const one = faucetSettings('https://api.ligate.io')
const two = faucetSettings('https://x.org', {
  chain: 'theta-1',
  address: { prefix: 'cosmos' },
  sender: { kind: 'http', url: 'https://x.org/pay', token: 'OTHER_TOKEN' },
  moderatorRoles: ['800000000000000002'],
})

describe('secrets', () => {
  it('every one that is missing is named, with where it is asked for', () => {
    expect(() => make([one, two], {})).toThrow(UsageError)
    expect(() => make([one, two], {})).toThrow(
      /faucet\[0\]\.sender\.token: FAUCET_TOKEN is not set.*\nfaucet\[1\]\.sender\.token: OTHER_TOKEN is not set/,
    )
    expect(() => make([one], { FAUCET_TOKEN: '' })).toThrow(/^faucet\.sender\.token: FAUCET_TOKEN is not set/)
  })

  it.each(['two words', 'line\nbreak', 'naïve-secret'])(
    'one that no header can carry is refused, unseen',
    (secret) => {
      const failure = (() => {
        try {
          make([one], { FAUCET_TOKEN: secret })
        } catch (error) {
          return (error as Error).message
        }
      })()
      expect(failure).toContain('cannot be sent in a header')
      expect(failure).not.toContain(secret)
    },
  )
})

describe('commands', () => {
  it.each([
    [1, [one]],
    [2, [one, two]],
  ])('Discord takes those of %i faucets', (_, settings) => {
    const room = make(settings, { FAUCET_TOKEN: 'a-secret', OTHER_TOKEN: 'another' })
    const registry = createRegistry(room.commands)
    expect(commandProblems(registry)).toEqual([])
    expect(room.commands.map(({ name }) => name)).toEqual([
      'drip',
      'faucet',
      'drips',
      'drip_settle',
      'faucet_pause',
      'faucet_resume',
      'faucet_ban',
      'faucet_unban',
      'faucet_suspects',
    ])
    for (const command of registry.commands)
      expect(slashPayload(command).description.length).toBeLessThanOrEqual(100)
    expect(registry.prefixNames).toEqual(['help'])
    expect(room.commands.every(({ ephemeral, anyChannel }) => ephemeral && anyChannel)).toBe(true)
  })

  it('none without a faucet', () => {
    expect(make([], {})).toMatchObject({ commands: [], moderatorRoles: undefined })
  })

  it("knows every faucet's moderators", () => {
    const room = make([one, two], { FAUCET_TOKEN: 'a-secret', OTHER_TOKEN: 'another' })
    expect(room.moderatorRoles).toEqual([MODERATOR_ROLE, '800000000000000002'])
  })
})

it('nothing is paid before the start, nor after the stop', async () => {
  const bench = await startBench()
  await bench.room.stop(0)
  expect((await bench.drip(person(), ligAddress(1), { channelId: CHANNEL })).text).toContain(
    'I am being restarted',
  )
  expect(bench.rows()).toEqual([])
  await bench.close()
})
