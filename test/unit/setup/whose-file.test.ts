// Files of tools that cannot be moved in, and of none: each is refused, with the tool's name where it is known.
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../src/kernel/errors.ts'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import { registry } from '../../support/imported.ts'

const refusal = (text: string): Promise<string> =>
  planFromFile(text, registry).then(
    () => 'taken',
    (error) => (error instanceof UsageError ? error.message : 'a bug'),
  )

describe('whose file it is', () => {
  test.each([
    [
      'ts-relayer',
      'version: 1\nchains:\n  a: { chain_id: osmosis-1, hd_path: m, ics20_port: transfer, rpc: [] }\n',
    ],
    ['ts-relayer', 'src: a\ndest: b\nmnemonic: hunter2 hunter2\nsrcConnection: connection-1\n'],
    ['yui-relayer', '{"chain": {"@type": "x", "chain_id": "osmosis-1"}, "prover": {}}'],
    ['chainpulse', "[chains.osmosis-1]\nurl = 'wss://x'\ncomet_version = '0.37'\n[metrics]\nport = 1\n"],
    [
      'cosmos-wallets-exporter',
      "listen-address = ':1'\n[[chains]]\nname = 'osmosis'\nlcd-endpoint = 'https://x'\n",
    ],
    ['horcrux', 'signMode: threshold\nthresholdMode: {}\nchainNodes: []\n'],
    [
      'a node',
      'chain-id = "osmosis-1"\nkeyring-backend = "os"\noutput = "text"\nnode = "x"\nbroadcast-mode = "sync"\n',
    ],
    [
      'lens',
      'default_chain: a\nchains:\n  a: { key: k, chain-id: osmosis-1, account-prefix: osmo, debug: false }\n',
    ],
    [
      'lens',
      'default_chain: a\nchains:\n  a: { key: k, chain-id: osmosis-1, keyring-backend: os, output-format: json }\n',
    ],
    ['ibc-monitor itself', '{"faucet": {}, "chains": [{"chainId": "osmosis-1", "mine": [], "rest": []}]}'],
    ['a node', "proxy_app = 'x'\nmoniker = 'x'\n[p2p]\n[mempool]\n"],
    ['starship', 'chains:\n- { id: osmosis-1, numValidators: 1 }\nrelayers: []\n'],
    ['ibc-monitor itself', '{"discord": {}, "alerts": {}, "chains": [{"chainId": "osmosis-1", "rest": []}]}'],
  ])('%s is named, and nothing of it is read', async (tool, text) => {
    const said = await refusal(text)
    expect(said).toContain(`This file is of another tool: ${tool}`)
    expect(said).not.toMatch(/osmosis|hunter2/)
  })

  test.each([
    ['a list of servers', "[[chains]]\nid = 'osmosis-1'\naddress = '127.0.0.1'\n"],
    ['a list of ids and labels', 'chains:\n- { id: osmosis-1, label: x }\n'],
    ['an indexer', "[[chains]]\nid = 'osmosis-1'\nrest = 'https://x'\nprefix = 'osmo'\ndenom = 'uosmo'\n"],
    [
      "a file of the library that rly's chains are of",
      'chains:\n  a: { key: k, chain-id: osmosis-1, account-prefix: osmo, debug: false, sign-mode: direct }\n',
    ],
    ['a wallet of many chains', 'chains:\n- { chain_id: osmosis-1, rpc: x, denom: uosmo, decimals: 6 }\n'],
    ["a node's exporter", "rpc: 'http://x'\naccounts: [a]\n"],
    ['some bot', 'discord: {}\ntelegram: {}\nslack: {}\nalerts: {}\nchains: [{ name: osmosis }]\n'],
    ['an OpenAPI page', 'openapi: 3.0.0\ninfo: {}\npaths: { /a: { get: {} } }\n'],
  ])('%s is not taken for a tool that has no such chains', async (_, text) => {
    expect(await refusal(text)).toContain('of no tool that is known here')
  })

  test('a tool that nobody here knows is not taken for hermes', async () => {
    const text =
      "[server]\nlisten = ':80'\n[[chains]]\nid = 'osmosis-1'\nrpc_addr = 'http://x'\nlcd = 'http://y'\n"
    expect(await refusal(text)).toContain('of no tool that is known here')
  })
})
