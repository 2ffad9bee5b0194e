// NO_PROXY: what it holds, and what of it matches nothing.
import { expect, test } from 'vitest'
import { doubtsOf, isExcepted } from '../../../src/net/no-proxy.ts'

test.each<[string, string[], string[]]>([
  ['10.0.0.0/8', ['http://10.1.2.3:1317', 'https://10.255.0.1'], ['http://11.0.0.1', 'http://ten.example']],
  ['192.168.0.0/16, 172.16.0.0/12', ['http://172.31.9.9', 'http://192.168.1.1'], ['http://172.32.0.1']],
  ['fd00::/8 [2001:db8::]/32', ['http://[fd12::1]:80'], ['http://[2001:db8::1]', 'http://253.0.0.1']],
  ['2001:db8::/32', ['https://[2001:0db8:0::9]'], ['https://[2001:db9::9]']],
  ['10.0.0.0/8:9090', ['http://10.0.0.1:9090'], ['http://10.0.0.1']],
  ['10.0.0.7', ['http://10.0.0.7', 'http://[::ffff:10.0.0.7]'], ['http://10.0.0.70']],
  ['::1,[0:0::2]:443', ['http://[::1]:5', 'https://[::2]'], ['http://[::2]']],
  ['example.org', ['https://EXAMPLE.org.', 'https://lcd.example.org'], ['https://notexample.org']],
  ['.a.example,*.b.example', ['http://x.a.example', 'http://a.example', 'http://b.example'], ['http://c']],
  ['Bücher.example:8443', ['https://lcd.bücher.example:8443'], ['https://bücher.example']],
  ['x.example:443', ['https://x.example'], ['http://x.example']],
  ['', [], ['http://x']],
])('%s', (noProxy, held, others) => {
  expect(held.filter((origin) => !isExcepted(noProxy, origin))).toEqual([])
  expect(others.filter((origin) => isExcepted(noProxy, origin))).toEqual([])
})

test('what matches nothing is named', () => {
  const useless = [
    '10.*',
    '192.168.',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/255.0.0.0',
    'http://x.example',
    'u:p@x',
    '::/200',
    'a.example;b.example',
    '"x.example"',
  ]
  const useful = ['x.example', '.x', '*.x:80', '10.0.0.1', '[::1]:80', 'lan', 'my_host', 'localhost']
  expect(doubtsOf([...useless, ...useful].join(', '))).toEqual({
    useless: useless,
    hasRange: false,
  })
  expect(doubtsOf('fe80::/10')).toEqual({ useless: [], hasRange: true })
})
