// The commands that mend a client: by version, and never anything that a shell would run besides.
import { describe, expect, it } from 'vitest'
import { codeBlock, recoverCommands, updateCommands, updateNeeds } from '../../../src/ibc/mend.ts'

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
