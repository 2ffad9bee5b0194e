// Files of every kind that is handed to `import`, through the command line: odd ones, damaged ones, other tools'.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { built } from '../support/built.ts'
import { runCommand } from '../support/command-line.ts'
import { makeHome, moveHome, moveInText, removeHome } from '../support/move-in.ts'

beforeEach(makeHome)
afterEach(removeHome)

const GRANTER = 'juno1qv9pzxqlyckngw6zf9g9whn9d3eh4qvg89635w'
const HERMES = "[[chains]]\r\nid\t=\t'osmosis-1'\r\n\taccount_prefix = 'osmo'\r\n"
const RLY = 'chains:\n  osmosis:\n    type: cosmos\n    value: { key: k, chain-id: osmosis-1 }\n'
const swapped = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()

describe('how a file is written', () => {
  test.each<[string, string | Buffer, string]>([
    ['CRLF and tabs, with a byte order mark', `\ufeff${HERMES}`, 'hermes.toml'],
    ['UTF-16 the other way round', swapped(HERMES), 'hermes.toml'],
    ['UTF-16, YAML', Buffer.from(`\ufeff${RLY}`, 'utf16le'), 'config.yaml'],
    ['letters of Latin-1 in a comment', Buffer.from(`# für ü\n${HERMES}`, 'latin1'), 'hermes.toml'],
    ['TOML by the name of YAML', HERMES, 'config.yaml'],
    ['YAML by the name of TOML', `# mine\n---\n${RLY}`, 'config.toml'],
    ['no name that tells', RLY, 'backup.bak'],
    ['JSON', '{"global": {}, "chains": [{"chain-id": "osmosis-1", "key": "k"}], "paths": {}}', 'config.json'],
    [
      'merged mappings of YAML',
      `base: &b { type: cosmos }\n${RLY.replace('{ key', '{ <<: *b, key')}`,
      'c.yml',
    ],
  ])('%s', async (_, text, name) => {
    const { code, chains } = await moveInText(text, { name })
    expect(code).toBe(0)
    expect(chains).toMatchObject([{ chainId: 'osmosis-1' }])
  })

  test.each<[string, string | Buffer, string]>([
    ['empty', '\ufeff \n', 'is empty'],
    ['UTF-16 without a mark', Buffer.from(HERMES, 'utf16le'), 'save it as UTF-8'],
    ['UTF-32', Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from('[\0\0\0')]), 'save it as UTF-8'],
    ['a web page', '<!DOCTYPE html><html></html>', 'web page'],
    ['a list', '- a\n- b\n', 'of no tool that is known here'],
    ['too many chains', "[[chains]]\nid='a'\n".repeat(60_000), 'has 60000 chains or paths; at most 2000'],
    ['YAML that is too long', `chains:\n${' a: {}\n'.repeat(200_000)}`, 'too large'],
    ['a key that is there twice', 'paths: {}\npaths: {}\n', 'YAML: line 2, column 1: duplicate key'],
    ['tabs in YAML', 'chains:\n\tosmosis: {}\n', 'line 2, column 1: tab as indent'],
  ])('%s: one clear word', async (_, text, word) => {
    const { code, said } = await moveInText(text)
    expect([code, said.trim().split('\n').length]).toEqual([2, 1])
    expect(said).toContain(word)
  })

  test('what is no file: a pipe, a device, a folder; for the keys too', async () => {
    execFileSync('mkfifo', [join(moveHome, 'pipe')])
    mkdirSync(join(moveHome, 'folder'))
    writeFileSync(join(moveHome, 'hermes.toml'), HERMES)
    const large = join(moveHome, 'large.toml')
    execFileSync('truncate', ['-s', '100M', large])
    for (const [path, word] of [
      [join(moveHome, 'pipe'), 'is a pipe or a device'],
      ['/dev/zero', 'is a pipe or a device'],
      [join(moveHome, 'folder'), /folder/],
      [large, 'too large'],
    ] as const) {
      const where = ['--config', join(moveHome, 'config.ts'), '--data', join(moveHome, 'data')]
      const source = await runCommand('import', path, ...where)
      const keys = await runCommand('import', join(moveHome, 'hermes.toml'), '--keys', path, ...where)
      for (const { code, err } of [source, keys]) {
        expect(code).toBe(2)
        expect(err).toMatch(word)
      }
    }
  })
})

test('a pipe that the shell opened is read', () => {
  writeFileSync(join(moveHome, 'hermes.toml'), `${HERMES}key_name = 'k'\n`)
  const bin = built('src/bin.js')
  const keys = '<(echo "- k (osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0a)")'
  const line = `"${process.execPath}" "${bin}" import <(cat hermes.toml) --keys ${keys} --dry-run`
  const out = execFileSync('bash', ['-c', line], { cwd: moveHome, encoding: 'utf8', stdio: 'pipe' })
  expect(out).toContain("{ address: 'osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0a'")
})

describe('templates are called so', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what a template looks like.
  test.each([
    ['{{…}}', '[rest]\nport = {{ env "PORT" }}\n'],
    ['${…}', 'chains = ${CHAINS}\n'],
    ['{%…%}', 'chains:\n{% for chain in chains %}\n  - {{ chain }}\n'],
    ['<…>', "[[chains]]\nid = 'osmosis-1'\nmax_gas = <YOUR MAX>\n"],
  ])('%s where the file cannot be read', async (mark, text) => {
    const { code, said } = await moveInText(text)
    expect(code).toBe(2)
    expect(said).toMatch(/^This is a template: line \d has /)
    expect(said).toContain(mark)
  })

  test.each([
    ["id = '${CHAIN_ID}'", '${…}'],
    ["id = '$CHAIN_ID'", '$…'],
    ["id = '{{ chain }}'", '{{…}}'],
    ["id = '<chain id>'", '<…>'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: it ends here.
  ])('%s: that chain alone is left', async (id, mark) => {
    const { said, chains } = await moveInText(`[[chains]]\n${id}\nkey_name = 'k'\n${HERMES}`)
    expect(chains).toMatchObject([{ chainId: 'osmosis-1' }])
    expect(said).toContain(`chains[0].id: a template (${mark}); put its value in`)
    expect(said).not.toMatch(/CHAIN_ID|chain id>/)
  })

  test('one in what is not needed does not matter', async () => {
    const { code, said } = await moveInText(`${HERMES}rpc_addr = '<YOUR-RPC>'\nmemo_prefix = '\${MEMO}'\n`)
    expect([code, said.includes('template')]).toEqual([0, false])
  })
})

describe('a damaged part is lost alone, and that is said', () => {
  test('of hermes', async () => {
    const { said, chains } = await moveInText(`
[[chains]]
id = 'osmosis-1'
account_prefix = { a = 1 }
key_name = "a\\u001b[31mb"
fee_granter = 'osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0x'
gas_price = 0.1
[chains.packet_filter]
policy = 'allow'
list = [['transfer'], 7, ['transfer', 'channel-0']]
[[chains]]
id = 'juno-1'
key_name = 'accident harvest weasel surge source return tag supreme sorry isolate wave mammal'
gas_price = { price = 1 }
packet_filter = 'none'
`)
    expect(chains).toMatchObject([{ chainId: 'osmosis-1', mine: ['connection-1'] }, { chainId: 'juno-1' }])
    for (const place of [
      'chains[0].account_prefix: it is not text',
      'chains[0].key_name',
      'osmosis-1: osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0x is no wallet of it: its checksum',
      'packet_filter.list[0]: not a pair',
      'packet_filter.list[1]: not a pair',
      'chains[1].key_name',
      'juno-1: packet_filter has no policy that is known',
    ])
      expect(said).toContain(place)
    expect(said).not.toMatch(/harvest|\[31m/)
  })

  test('of rly; who grants fees is a wallet, by its address or by the name of its key', async () => {
    const { said, chains } = await moveInText(
      `
chains:
  osmosis:
    type: cosmos
    value: { key: k, chain-id: osmosis-1, account-prefix: osmo, gas-prices: 0.01uosmo, feegrants: { granter: payer } }
  juno: { value: { chain-id: juno-1, account-prefix: juno, feegrants: { granter: ${GRANTER} } } }
  broken: [1]
paths:
  a:
    src: { chain-id: osmosis-1, connection-id: conection-1, client-id: 07-tendermint-1 }
    dst: { chain-id: juno-1, connection-id: [connection-0] }
    src-channel-filter: { rule: denylist, channel-list: [channel-9] }
  half: { src: { chain-id: osmosis-1 } }
`,
      {
        keys: `osmosis
key(payer) -> osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0a
key(worn) -> osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0x
`,
      },
    )
    expect(chains).toMatchObject([
      {
        chainId: 'osmosis-1',
        mine: ['07-tendermint-1'],
        wallets: [{ address: 'osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0a' }],
      },
      { chainId: 'juno-1', wallets: [{ address: GRANTER }] },
    ])
    for (const text of [
      'chains.broken: not a chain',
      'the connection-id on osmosis-1 is no id such as connection-0',
      'connection-id on juno-1: it is not text',
      'its channel filter (denylist) is not taken',
      'paths.half: it does not name two chains',
      'osmosis-1: the wallet of key "k" is not watched; the list of keys has no address for it',
      'key worn osmo1vkz28shpqq0nuhtunwadn7qhxe2hfyajnzfg0x: its checksum does not fit',
    ])
      expect(said).toContain(text)
  })
})

describe('nothing is lost in silence', () => {
  test('keys that a tool is not known to have are named', async () => {
    const { said } = await moveInText(`${HERMES}acount_prefix = 'hunter2'\nkey_name = 'k'\n`)
    expect(said).toContain('Not known here, so not read: acount_prefix')
    expect(said).not.toContain('hunter2')
  })

  test.each([
    ["gas_price = { price = 1, denom = 'uours' }", 'its fees are paid in uours'],
    ["account_prefix = 'ours'", 'its prefix ours is none of the chain that has this id'],
  ])('a devnet with the id of a test network and %s is another chain', async (line, why) => {
    const { code, said } = await moveInText(`[[chains]]\nid = 'provider'\n${line}\n`)
    expect(code).toBe(1)
    expect(said).toContain(why)
    expect(said).toContain("{ chainId: 'provider', rest: ['https://…']")
  })

  test('what is advised finds what was written', async () => {
    const { said } = await moveInText(HERMES)
    expect(said).toContain(`ibc-monitor doctor --config ${moveHome}/config.ts --data ${moveHome}/data`)
  })
})

describe('whose file it is', () => {
  test('an exporter with a home chain; unknown chains with their REST servers', async () => {
    const { said, chains } = await moveInText(`
port = 8000
[[chains]]
name = 'osmosis'
chain_id = 'osmosis-1'
rests = ['https://rest.example.org', 'no url']
home_chain = true
whitelist_channels = ['channel-0', 'channel-99999']
blacklist_connections = ['connection-77']
[[chains]]
chain_id = 'ours-9'
rests = ['http://127.0.0.1:1317']
`)
    expect(chains).toMatchObject([
      { chainId: 'osmosis-1', rest: [{ url: 'https://rest.example.org' }], mine: ['connection-1'] },
      { chainId: 'ours-9', rest: [{ url: 'http://127.0.0.1:1317' }], connections: 'none' },
    ])
    expect(said).toMatch(/chains\[0\]\.rests\[1\]: .*\n.*chains\[0\]\.blacklist_connections: write/)
    expect(said).toContain('the connection of channel-99999 is not in the chain registry')
  })

  test('relayer_exporter: its accounts are wallets', async () => {
    const { said, chains } = await moveInText(`---
rpc:
  - { chainName: juno, chainId: juno-1, url: 'https://key:hunter2@rpc.example.org' }
  - { chainName: ours, chainId: ours-9, url: 'https://rpc.example.org' }
github: { org: example, repo: networks, dir: _IBC }
accounts:
  - { address: ${GRANTER}, chainName: juno, denom: ujuno }
  - { address: ours1vkz28shpqq0nuhtunwadn7qhxe2hfyajp35h5y, chainId: ours-9, denom: uours }
  - { address: ${GRANTER}, chainName: nowhere }
`)
    expect(chains).toMatchObject([{ chainId: 'juno-1', wallets: [{ address: GRANTER }] }])
    expect(said).toContain(
      "{ address: 'ours1vkz28shpqq0nuhtunwadn7qhxe2hfyajp35h5y', threshold: '1', denom: 'uours' }",
    )
    expect(said).toContain('accounts[2]: left')
    expect(said).not.toContain('hunter2')
  })

  test.each([
    [
      'a file',
      'discord: { webhook: https://discord.com/api/webhooks/1/hunter2 }\nchains:\n  "Osmosis":\n    chain_id: osmosis-1\n    valoper_address: x\n    nodes: []\n',
    ],
    [
      'a file for one chain',
      'chain_id: osmosis-1\nvaloper_address: x\nnodes: [{ url: "tcp://localhost:26657" }]\n',
    ],
  ])('tenderduty: the chains of %s', async (_, text) => {
    const { said, chains } = await moveInText(text)
    expect(chains).toMatchObject([{ chainId: 'osmosis-1', connections: 'all' }])
    expect(said).not.toContain('hunter2')
  })

  test.each([
    ['rly, one chain', '{"type":"cosmos","value":{"key":"k","chain-id":"osmosis-1"}}'],
    ['rly, one chain of v1', '{"key":"k","chain-id":"osmosis-1","trusting-period":"336h"}'],
    ['rly, a list with values', 'chains:\n- type: cosmos\n  value: { key: k, chain-id: osmosis-1 }\n'],
    ['hermes of 2021', "[[chains]]\nid = 'osmosis-1'\nfee_denom = 'uosmo'\n[[connections]]\na_chain = 'x'\n"],
    ['hermes with nothing but ids', "[[chains]]\nid = ' osmosis-1'\n"],
  ])('%s', async (_, text) => {
    expect((await moveInText(text)).chains).toMatchObject([{ chainId: 'osmosis-1' }])
  })
})
