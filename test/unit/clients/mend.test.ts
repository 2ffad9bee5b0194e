// The commands that mend a client: by version, and never anything that a shell would run besides.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  codeBlock,
  heightBefore,
  recoverCommands,
  updateAdvice,
  updateCommands,
  updateNeeds,
} from '../../../src/clients/mend.ts'

const ROW = { chainId: 'osmosis-1', clientId: '07-tendermint-1' }

describe('update', () => {
  it('names the chain that stores the client as host', () => {
    expect(updateCommands(ROW)).toEqual([
      'hermes update client --host-chain osmosis-1 --client 07-tendermint-1',
    ])
  })

  it.each(['07-tendermint-1; rm -rf /', '$(id)', '`id`', 'a b', '-x', 'a\nb', '', 'x'.repeat(65)])(
    'gives no command for the id %j',
    (id) => {
      expect(updateCommands({ ...ROW, clientId: id })).toEqual([])
      expect(updateCommands({ ...ROW, chainId: id })).toEqual([])
      expect(recoverCommands(8, 'osmosisd', id)).toEqual([])
      expect(recoverCommands(8, 'osmosisd', '07-tendermint-1', id)).toEqual([])
    },
  )

  it('says which block the relayer needs', () => {
    const latestHeight = { revision: 4n, height: 28_104_233n }
    expect(updateNeeds({ trackedChainId: 'cosmoshub-4', latestHeight })).toBe(
      'The relayer needs a cosmoshub-4 node that still holds block 28104233.',
    )
    expect(updateNeeds({ trackedChainId: null, latestHeight })).toBeNull()
    expect(updateNeeds({ trackedChainId: 'cosmoshub-4', latestHeight: null })).toBeNull()
  })
})

describe('an update on a host that makes no blocks', () => {
  const SECOND = 1_000_000_000n

  it('takes a header from before the halt, and a block that can be proved, whatever is known', () => {
    const n = fc.bigInt({ min: 0n, max: 10n ** 7n })
    fc.assert(
      fc.property(n, n, n, n, (age, span, height, blocks) => {
        const from = { height, timeNs: 10n ** 18n }
        const newest = { height: height + blocks, timeNs: from.timeNs + span * SECOND }
        const beforeNs = from.timeNs + age * SECOND
        const found = heightBefore(beforeNs, from, newest)
        if (found === null) return
        expect(found).toBeGreaterThan(from.height)
        expect(found).toBeLessThanOrEqual(newest.height - 2n)
        // At an even pace it is from before the moment.
        expect((found - height) * span * SECOND).toBeLessThanOrEqual(age * SECOND * blocks)
      }),
    )
  })

  it('has no height where the last update is from after it, or the chain is the same', () => {
    const block = { height: 100n, timeNs: 10n ** 18n }
    expect(heightBefore(block.timeNs - 1n, block, { height: 200n, timeNs: 2n * 10n ** 18n })).toBeNull()
    expect(heightBefore(block.timeNs + SECOND, block, block)).toBeNull()
    // Both stand: the newest block that can be proved.
    const newest = { height: 200n, timeNs: block.timeNs + 1000n * SECOND }
    expect(heightBefore(newest.timeNs + SECOND, block, newest)).toBe(198n)
  })

  const DAY = 86_400n * SECOND
  const from = 10n ** 18n
  const last = from + 10n * DAY
  const client = {
    ...ROW,
    trackedChainId: 'cosmoshub-4',
    latestHeight: { revision: 4n, height: 1000n },
    lastUpdateNs: from,
    trustingPeriodNs: 9n * DAY,
  }
  const tracked = { height: 900_000n, timeNs: last + DAY }
  const ms = (ns: bigint) => Number(ns / 1_000_000n)

  it('takes a header that was seen before it reckons, and one that lives on when the chain does', () => {
    const before = { height: 800_000n, timeNs: last - 17n * SECOND }
    const words = updateAdvice(client, { lastBlockNs: last, tracked, before }, ms(last + DAY))
    expect(words).toContain('--client 07-tendermint-1 --height 800000\n')
    expect(words).toContain('Height 800000 of cosmoshub-4 is of 2001-09-19 01:46:23, from before')
    expect(words).toContain('It helps if osmosis-1 goes on before 2001-09-28 01:46:23 UTC.')
    const useless = [{ height: 1000n, timeNs: last }, { height: 899_999n, timeNs: last }, null]
    for (const one of useless)
      expect(updateAdvice(client, { lastBlockNs: last, tracked, before: one }, ms(last))).toContain('reckon')
  })

  it('has no command once every header from before the halt is past its own deadline', () => {
    const halt = { lastBlockNs: last, tracked }
    expect(updateAdvice(client, halt, ms(last + 9n * DAY) - 1)).toContain('hermes')
    expect(updateAdvice(client, halt, ms(last + 9n * DAY))).toBe(
      'When osmosis-1 goes on, it says that the client is expired; then only governance can recover it.',
    )
  })

  it('gives no command for an id that is none', () => {
    const row = {
      ...ROW,
      clientId: '$(id)',
      trackedChainId: '`x`',
      latestHeight: null,
      lastUpdateNs: null,
      trustingPeriodNs: null,
    }
    expect(updateAdvice(row, { lastBlockNs: 0n, tracked: null }, 0)).toBe('')
    const words = updateAdvice({ ...row, clientId: 'a-1' }, { lastBlockNs: 0n, tracked: null }, 0)
    expect(words).toContain(
      'N: the height of a block of the chain that it tracks from just before 1970-01-01 00:00:00',
    )
  })
})

describe('recover', () => {
  it.each([
    [6, 'osmosisd tx gov submit-legacy-proposal update-client 07-tendermint-1 07-tendermint-9 '],
    [7, 'osmosisd tx gov submit-legacy-proposal update-client 07-tendermint-1 07-tendermint-9 '],
    [8, 'osmosisd tx ibc client recover-client 07-tendermint-1 07-tendermint-9 '],
    [11, 'osmosisd tx ibc client recover-client 07-tendermint-1 07-tendermint-9 '],
  ])('on ibc-go v%i', (major, start) => {
    const commands = recoverCommands(major, 'osmosisd', '07-tendermint-1', '07-tendermint-9')
    expect(commands).toHaveLength(1)
    expect(commands[0]?.condition).toBeNull()
    expect(commands[0]?.command.startsWith(start)).toBe(true)
  })

  it('leaves what is not known open', () => {
    const commands = recoverCommands(null, null, '07-tendermint-1')
    expect(commands.map(({ condition }) => condition)).toEqual([
      'ibc-go v8 and later',
      'ibc-go v7 and earlier',
    ])
    for (const { command } of commands)
      expect(command).toMatch(/^<daemon> tx .* 07-tendermint-1 <substitute> /)
  })
})

it('is a code block, or nothing', () => {
  expect(codeBlock(['a', { condition: 'when', command: 'b' }, { condition: null, command: 'c' }])).toBe(
    '```sh\na\n# when\nb\nc\n```',
  )
  expect(codeBlock([])).toBe('')
})
