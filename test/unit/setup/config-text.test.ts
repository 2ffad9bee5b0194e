// The writer of config.ts: what is read back is what was written, and the formatter finds nothing to change.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { configText } from '../../../src/setup/config-text.ts'

/** Reads a plain-object file back by evaluating its one expression. */
function readBack(text: string): unknown {
  return new Function(`return (${text.slice(text.indexOf('export default ') + 'export default '.length)})`)()
}

const REAL: ConfigInput = {
  discord: { guildId: '972778865355272194', prefix: '!' },
  alerts: {
    mention: ['<@&972778865355272194>', '<@951374414451187732>'],
    warnAt: 0.8,
    quietWhileLeft: '48h',
  },
  schedule: { clients: '0 */6 * * *' },
  chains: [
    'cosmoshub',
    {
      chainId: 'theta-testnet-001',
      rest: [
        'https://rest-of-a-provider-one.theta-testnet.example.org',
        'https://rest-of-a-provider-two.theta-testnet.example.org',
      ],
      token: { symbol: 'ATOM', denom: 'uatom', decimals: 6 },
      connections: Array.from({ length: 12 }, (_, i) => `connection-${i}`),
      wallets: [
        { address: 'cosmos1yd84wqzg00d6m40lk3s9rp3a0x97ywsdatrueg', threshold: '0.5' },
        {
          address: 'cosmos1yd84wqzg00d6m40lk3s9rp3a0x97ywsdatrueg',
          threshold: '1',
          mention: ['<@&972778865355272194>'],
        },
      ],
    },
    {
      chainId: 'elystestnet-1',
      name: 'Ely\'s "test"',
      rest: ['https://api.elys.example.org'],
      connections: 'none',
    },
    {
      chainId: 'a-1',
      rest: ['http://127.0.0.1:1317'],
      wallets: [{ address: 'a1', threshold: '1' }],
      ignoreClients: [],
    },
  ],
}

const COMMENTS = {
  'alerts.quietWhileLeft': { after: 'the rule of before' },
  'schedule.clients': { before: ['Every ten minutes costs little: see the README.'] },
  'chains[1].rest[0]': { after: 'unverified: time-out' },
  'chains[2]': { before: ['explorer: https://example.org', ''] },
  'chains[]': { before: ["{ chainId: 'foo-1', rest: ['https://…'] }, // unknown"] },
}

describe('what was written is read back', () => {
  test('a real configuration with comments', () => {
    const text = configText(REAL, { comments: COMMENTS, head: ['What is watched.'] })
    expect(readBack(text)).toEqual(REAL)
    expect(text).toContain("    // { chainId: 'foo-1', rest: ['https://…'] }, // unknown\n  ],")
    expect(text).toContain(
      "        'https://rest-of-a-provider-one.theta-testnet.example.org', // unverified: time-out\n",
    )
  })

  test('strings and comments of any kind', () => {
    const any = fc.string({ unit: 'binary', maxLength: 30 })
    fc.assert(
      fc.property(any, any, any, (name, before, after) => {
        const config = { chains: [{ chainId: 'a', name }] }
        const comments = { 'chains[0]': { before: [before] }, 'chains[0].name': { after } }
        const text = configText(config, { comments, head: [before] })
        expect(readBack(text)).toEqual(config)
      }),
    )
  })
})

test.each([
  ['with comments', COMMENTS],
  ['without', {}],
])('the formatter has nothing to change: %s', (_, comments) => {
  const text = configText(REAL, { comments, head: ['What is watched.'] })
  const biome = spawnSync(
    process.execPath,
    ['node_modules/@biomejs/biome/bin/biome', 'format', '--vcs-enabled=false', '--stdin-file-path=config.ts'],
    { input: text, encoding: 'utf8' },
  )
  expect(biome.stderr).toBe('')
  expect(text).toBe(biome.stdout)
})
