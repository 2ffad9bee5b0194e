// What endpoints are called: told apart, and without anything of their URL that may be a key.
import { expect, it } from 'vitest'
import { endpointsAt, keyCutter, namedEndpoints } from '../../../src/cosmos/endpoint-name.ts'

const KEY = 'k3y-of-a-customer'

it('is the host, with its port, whatever the URL holds besides', () => {
  const urls = [
    'https://lcd.example.org',
    `https://a.example.org/apikey/${KEY}`,
    `https://b.example.org:8443/?apikey=${KEY}`,
    `https://user:${KEY}@c.example.org/rest`,
  ]
  const names = ['lcd.example.org', 'a.example.org', 'b.example.org:8443', 'c.example.org']
  expect(namedEndpoints(endpointsAt(urls))).toEqual(urls.map((url, index) => ({ url, name: names[index] })))
})

it('has a number where endpoints of a chain share a host; the same one is there once', () => {
  const urls = [
    `https://host/apikey/${KEY}`,
    'https://other',
    'https://host/apikey/another',
    'https://other/',
    `https://host/apikey/${KEY}/`,
    'http://host',
  ]
  expect(namedEndpoints(endpointsAt(urls))).toEqual([
    { url: urls[0], name: 'host #1' },
    { url: urls[1], name: 'other' },
    { url: urls[2], name: 'host #2' },
    { url: urls[5], name: 'host #3' },
  ])
})

it('cuts keys out of what others say', () => {
  const cut = keyCutter({ url: `https://team:pass%40word@host/apikey/${KEY}/rest?token=t0ken-of-a-customer` })
  expect(
    cut(`GET /apikey/${KEY}/rest/cosmos?token=t0ken-of-a-customer by team, pass@word or pass%40word`),
  ).toBe('GET …/cosmos?token=… by team, … or …')
  expect(cut(`no route /${KEY}/cosmos/bank`)).toBe('no route /…/cosmos/bank')
  for (const url of ['https://host', 'https://host/', 'https://host/rest', 'https://host/a/cosmos'])
    expect(keyCutter({ url })('all of /rest/cosmos/bank')).toBe('all of /rest/cosmos/bank')
})

it('are those of a header as well, with and without its scheme', () => {
  const cut = (value: string) =>
    keyCutter({ url: 'https://h', headers: { authorization: { secret: 'A', value } } })
  expect(cut('Bearer abc-123')('no such token: abc-123 (Bearer abc-123)')).toBe('no such token: … (…)')
  expect(cut('Basic dXNlcjpwYXNz')('user:pass, or pass, or dXNlcjpwYXNz')).toBe('…, or …, or …')
  expect(cut('a.b*c')('a.b*c, axbyyc')).toBe('…, axbyyc')
  expect(keyCutter({ url: 'https://h', headers: { a: { secret: 'A' } } })('all')).toBe('all')
})

it('tells endpoints apart by their headers too', () => {
  const at = (secret: string) => ({ url: 'https://h?apikey=1', headers: { a: { secret } } })
  const named = namedEndpoints([at('A'), at('B'), at('A'), { url: 'https://h/?apikey=1' }])
  expect(named.map(({ name }) => name)).toEqual(['h #1', 'h #2', 'h #3'])
})

it.each([
  ['https://h/v1/ab%2Fcd%2Fefgh', 'no /v1/ab%2fcd%2fefgh/x', 'no …/x'],
  ['https://h/rest/Key-ABCdef(+', 'key "key-abcdef(+" of rest', 'key "…" of rest'],
  ['https://h/v1/abcdefghijklmnopqrst', 'key abcdefghijklmnopqrst', 'key …'],
  ['https://us%40er:pa55%3Aword@h', 'Basic dXNAZXI6cGE1NTp3b3Jk for pa55:word', 'Basic … for …'],
  [
    'https://h?apikey=a%2Fb+c%22%26d',
    String.raw`"a\/b c\"&amp;d" a%252fb+c%22%26d a%2fb%20c&quot;&#x26;d`,
    '"…" … …',
  ],
  ['https://h?key=abcd', 'ABCD and %61%62%63%64 and \\u0061bcd', '… and … and …'],
  ['https://h?key=%C3%BCber', 'über, %c3%bcber or \\u00fcber', '…, … or …'],
  ['https://h/rest/cosmos', 'no route /cosmos/x on the rest', 'no route /cosmos/x on the rest'],
  ['https://h', 'not found: 07-tendermint-1', 'not found: 07-tendermint-1'],
])('cuts out what may be a key, however it is repeated: %s', (base, said, shown) => {
  expect(keyCutter({ url: base })(said)).toBe(shown)
})
