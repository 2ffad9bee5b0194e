// What may be repeated of a file: names, ids, denoms, addresses; nothing that may be a secret, however short.
import { describe, expect, test } from 'vitest'
import { isShowable, shown } from '../../../src/setup/showable.ts'

describe('shown', () => {
  test.each([
    ['a chain id', 'theta-testnet-001'],
    ['an id as gaiad makes one up', 'test-chain-A1b2C3'],
    ["an id of Namada's", 'namada.5f5de2dd1b88cba30586420'],
    ['an id of a network of the day', 'dev-9a1f-b3c2'],
    ['an EVM chain id', 'evmos_9001-2'],
    ['a connection and a client', 'connection-12 07-tendermint-3'],
    ['a key', 'src-channel-filter'],
    ['keys in camel case', 'omitClosedChannels counterpartyChainId CosmosSDK'],
    ['a contract', `sei1${'q2w3e4r5'.repeat(8).slice(0, 58)}`],
    ['a denom of IBC', `ibc/${'8E27BA2D'.repeat(8)}`],
    ['a denom of a factory', 'factory/osmo1yd84wqzg00d6m40lk3s9rp3a0x97ywsd4ssv06/u_b3x9Q'],
    ['a denom of an EVM contract', 'peggy0x87aB3B4C8661e07D6372361211B96ed4Dc36B1B5'],
    ['an address with a typing mistake', 'osmo1yd84wqzg00d6m40lk3s9rp3a0x97ywsd4ssv07'],
    ['an amount', '20000000000aevmos'],
    ['an amount in a denom of IBC', `0.025ibc/${'8E27BA2D'.repeat(8)}`],
    ['amounts', '0.0025uosmo,0.1factory/osmo1yd84wqzg00d6m40lk3s9rp3a0x97ywsd4ssv06/u_b3x9Q'],
    ['a host and its port', 'rpc.cosmos.example.org:26657'],
    ['a pattern of channels', 'icacontroller-*'],
    ['a number', '0.0025'],
  ])('%s: %s', (_, text) => expect(shown(text)).toBe(text))
})

describe('not shown', () => {
  test.each([
    ['hex of 32', 'c0ffee00'.repeat(4)],
    ['hex of 16', '9f86d081884c7d65'],
    ['a UUID', '3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b'],
    ['a token of GitHub', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['a key of a cloud', 'AKIAIOSFODNN7EXAMPLE'],
    ['a key with a prefix', 'sk-live-4eC39HqLyjWDarjtT1'],
    ['12 characters', 'aB3dE5gH7jK9'],
    ['a licence', 'XK4P-9Q2M-7LTR-2ZVA'],
    ['base64', 'bXlzdXBlcnNlY3JldA=='],
    ['letters alone', 'qwertzuiopasdfghjklyx'],
    ['a passphrase', 'correct horse battery staple'],
    ['one behind spaces', ' correct  horse  battery  staple'],
    ['a mnemonic with other marks', 'ozone-drill-grab-fiber-curtain-grace-pudding-thank-cruise'],
    ['a spend key', `penumbraspendkey1${'q2w3e4r5'.repeat(5)}`],
    ['a key of Nostr', `nsec1${'q2w3e4r5'.repeat(7)}`],
    ['a spending key longer than an address', `zsknam1${'q2w3e4r5'.repeat(10)}`],
    ['one behind words', `secret-extended-key-main1${'q2w3e4r5'.repeat(34)}`],
    ['a key of a cloud with slashes in it', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a licence of short groups', 'AB12-CD34-EF56-GH78-IJ90'],
    ['what no address made', 'factory/osmo/k8Jd72mQp0Zx4Vn6Bt1Lr3Wy'],
    ['a password before its host', 'relayer:s3cr3tpw@db.example.org:5432'],
    ['one that is called so', 'Password: hunter2'],
    ['a URL', 'http://a.b'],
    ['marks that no id has', 'p$ss!w'],
    ['escape codes', 'a\u001b[2J'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(isShowable(text)).toBe(false)
    expect(shown(text)).toBe('(not shown)')
  })
})
