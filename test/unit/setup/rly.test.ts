// An import from rly: paths, chains that only paths name, keys.
import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../src/config/index.ts'
import { UsageError } from '../../../src/kernel/errors.ts'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import { registry, texts } from '../../support/imported.ts'
import { ADDRESSES } from '../../support/predecessor.ts'

const RLY = `global:
    api-listen-addr: :5183
    timeout: 10s
    memo: ""
chains:
    cosmoshub:
        type: cosmos
        value:
            key: default
            chain-id: cosmoshub-4
            rpc-addr: https://rpc.example.org:443
            account-prefix: cosmos
            keyring-backend: test
            gas-prices: 0.01uatom
    osmosis:
        type: cosmos
        value:
            key: osmokey
            chain-id: osmosis-1
            account-prefix: osmo
            gas-prices: 0.025uosmo
    penumbra:
        type: penumbra
        value: { chain-id: penumbra-1 }
    broken: 7
paths:
    hubosmo:
        src: &hub
            chain-id: cosmoshub-4
            client-id: 07-tendermint-259
            connection-id: connection-257
        dst:
            chain-id: osmosis-1
            client-id: 07-tendermint-1
            connection-id: connection-1
        src-channel-filter:
            rule: allowlist
            channel-list: [channel-141]
    hubjuno:
        src: *hub
        dst: { chain-id: juno-1, client-id: 07-tendermint-0 }
    fresh:
        src: { chain-id: osmosis-1 }
        dst: { chain-id: juno-1 }
    half:
        src: { chain-id: osmosis-1 }
`

describe('rly', () => {
  test('paths become mine at both ends; chains that only paths name are brought too', async () => {
    const imported = await planFromFile(RLY, registry)
    expect(imported.config.chains).toEqual([
      { chainId: 'cosmoshub-4', mine: ['connection-257', '07-tendermint-259'] },
      { chainId: 'osmosis-1', mine: ['connection-1', '07-tendermint-1'] },
      { chainId: 'juno-1', mine: ['07-tendermint-0'] },
    ])
    expect(imported.comments['chains[0]']?.before).toContain(
      'path hubosmo: connection-257, 07-tendermint-259 to osmosis-1',
    )
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('penumbra-1: a penumbra chain')
    expect(left).toContain('chains.broken: not a chain')
    expect(left).toContain('path fresh: it names no connection and no client on juno-1')
    expect(left).toContain('paths.half: it does not name two chains')
    expect(left).toContain('cosmoshub-4: the wallet of key "default" is not watched')
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test.each([
    ['0.025uosmo', undefined],
    ['20000000000uion', 'uion'],
    [`0.025ibc/${'8E27BA2D'.repeat(8)}`, `ibc/${'8E27BA2D'.repeat(8)}`],
    ['0.01uion,0.02uosmo', 'uion'],
  ])('a gas price of %s: the wallet is watched in %s', async (price, denom) => {
    const imported = await planFromFile(RLY.replace('0.025uosmo', `"${price}"`), registry, {
      keyList: `key(osmokey) -> ${ADDRESSES.osmoA}`,
    })
    const [, osmosis] = imported.config.chains as { wallets: { denom?: string }[] }[]
    expect(osmosis!.wallets.map((wallet) => wallet.denom)).toEqual([denom])
    expect(texts(imported, 'changed').join().includes('in several denoms')).toBe(price.includes(','))
  })

  test('keys of `rly keys list`', async () => {
    const keyList = `cosmoshub-4:\nkey(default) -> ${ADDRESSES.cosmosA}\nkey(unused) -> ${ADDRESSES.cosmosB}\n\nosmosis-1:\nkey(osmokey) -> ${ADDRESSES.osmoA}\n`
    const imported = await planFromFile(RLY, registry, { keyList })
    expect(imported.config.chains).toMatchObject([
      { wallets: [{ address: ADDRESSES.cosmosA }] },
      { wallets: [{ address: ADDRESSES.osmoA }] },
      {},
    ])
  })

  test.each([
    ['no YAML', 'chains: [}'],
    ['a list', '- a\n- b'],
    [
      'a bomb',
      `a: &a [1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nchains: [${'*c,'.repeat(50)}]`,
    ],
  ])('%s is a mistake of use', async (_, text) => {
    await expect(planFromFile(text, registry)).rejects.toThrow(UsageError)
  })
})
