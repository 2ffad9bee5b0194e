// What endpoints are called: told apart, and without anything of their URL that may be a key.
import { expect, it } from 'vitest'
import { keyCutter, namedEndpoints } from '../../../src/cosmos/endpoint-name.ts'

const KEY = 'k3y-of-a-customer'

it('is the host, with its port, whatever the URL holds besides', () => {
  const urls = [
    'https://lcd.example.org',
    `https://a.example.org/apikey/${KEY}`,
    `https://b.example.org:8443/?apikey=${KEY}`,
    `https://user:${KEY}@c.example.org/rest`,
  ]
  const names = ['lcd.example.org', 'a.example.org', 'b.example.org:8443', 'c.example.org']
  expect(namedEndpoints(urls)).toEqual(urls.map((url, index) => ({ url, name: names[index] })))
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
  expect(namedEndpoints(urls)).toEqual([
    { url: urls[0], name: 'host #1' },
    { url: urls[1], name: 'other' },
    { url: urls[2], name: 'host #2' },
    { url: urls[5], name: 'host #3' },
  ])
})

it('cuts keys out of what others say', () => {
  const cut = keyCutter(`https://team:pass%40word@host/apikey/${KEY}/rest?token=t0ken-of-a-customer`)
  expect(
    cut(`GET /apikey/${KEY}/rest/cosmos?token=t0ken-of-a-customer by team, pass@word or pass%40word`),
  ).toBe('GET …/cosmos?token=… by team, … or …')
  expect(cut(`no route /${KEY}/cosmos/bank`)).toBe('no route /…/cosmos/bank')
  for (const url of ['https://host', 'https://host/', 'https://host/rest', 'https://host/a/cosmos'])
    expect(keyCutter(url)('all of /rest/cosmos/bank')).toBe('all of /rest/cosmos/bank')
})

it.each([
  ['https://h/v1/ab%2Fcd%2Fefgh', 'no /v1/ab%2fcd%2fefgh/x', 'no …/x'],
  ['https://h/rest/Key-ABCdef(+', 'key "key-abcdef(+" of rest', 'key "…" of rest'],
  ['https://h/v1/abcdefghijklmnopqrst', 'key abcdefghijklmnopqrst', 'key …'],
  ['https://us%40er:pa55%3Aword@h', 'Basic dXNAZXI6cGE1NTp3b3Jk for pa55:word', 'Basic … for …'],
  ['https://h/rest/cosmos', 'no route /cosmos/x on the rest', 'no route /cosmos/x on the rest'],
  ['https://h', 'not found: 07-tendermint-1', 'not found: 07-tendermint-1'],
])('cuts out what may be a key, however it is repeated: %s', (base, said, shown) => {
  expect(keyCutter(base)(said)).toBe(shown)
})
