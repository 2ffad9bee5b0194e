// Lists of keys, of either relayer.
import { describe, expect, test } from 'vitest'
import { readKeyList } from '../../../src/setup/key-list.ts'
import { ADDRESSES } from '../../support/predecessor.ts'

describe('lists of keys', () => {
  const headings = new Map(['cosmoshub-4', 'osmosis-1', 'osmosis-1-test'].map((id) => [id, id]))
  headings.set('hub', 'cosmoshub-4')
  const key = (name: string | null, address: string, context: string | null = null) => ({
    name,
    address,
    prefix: address.split('1')[0],
    context,
  })

  test.each<[string, string, ReturnType<typeof key>[]]>([
    ['hermes, text', `SUCCESS\n- k-1 (${ADDRESSES.cosmosA})\n`, [key('k-1', ADDRESSES.cosmosA)]],
    ['more before the address', `- kee (cosmos: ${ADDRESSES.cosmosA})`, [key('kee', ADDRESSES.cosmosA)]],
    [
      'hermes, JSON',
      `{"timestamp":"x","level":"INFO"}\n{"result":{"relayer":{"account":"${ADDRESSES.osmoA}","address":[1,2],"address_type":"Cosmos"},"b":{"account":"${ADDRESSES.osmoB}"}},"status":"success"}`,
      [key('relayer', ADDRESSES.osmoA), key('b', ADDRESSES.osmoB)],
    ],
    [
      'JSON by chain',
      JSON.stringify(
        {
          'osmosis-1': [{ name: 'k', address: ADDRESSES.osmoA }],
          'cosmoshub-4': { k: { account: ADDRESSES.cosmosA } },
        },
        null,
        2,
      ),
      [key('k', ADDRESSES.osmoA, 'osmosis-1'), key('k', ADDRESSES.cosmosA, 'cosmoshub-4')],
    ],
    ['rly', `key(my key) -> ${ADDRESSES.cosmosA}`, [key('my key', ADDRESSES.cosmosA)]],
    ['bare', `${ADDRESSES.cosmosA}\r\n${ADDRESSES.cosmosA}`, [key(null, ADDRESSES.cosmosA)]],
    [
      'headings; the longest id counts',
      `# osmosis-1-test\n- k (${ADDRESSES.osmoA})\n# osmosis-1\n- k (${ADDRESSES.osmoA})`,
      [key('k', ADDRESSES.osmoA, 'osmosis-1-test'), key('k', ADDRESSES.osmoA, 'osmosis-1')],
    ],
    [
      'headings by name; a key called as a chain is no heading',
      `$ rly keys list hub\nkey(osmosis-1) -> ${ADDRESSES.cosmosA}\n- osmosis-1 (${ADDRESSES.cosmosB})`,
      [
        key('osmosis-1', ADDRESSES.cosmosA, 'cosmoshub-4'),
        key('osmosis-1', ADDRESSES.cosmosB, 'cosmoshub-4'),
      ],
    ],
    ['JSON without end', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, []],
    ['nothing', 'ERROR no keys\n{"a": {"account": "none"}}', []],
  ])('%s', (_, text, keys) => {
    expect(readKeyList(text, headings)).toEqual(keys)
  })
})
