// URLs that strangers type: what is refused before anything is resolved, and which addresses are not connected to.
import { describe, expect, it } from 'vitest'
import { checkUrl, onlyPublic } from '../../../src/net/url-guard.ts'

const closed = { allowLoopback: false }
const open = { allowLoopback: true }

describe('checkUrl', () => {
  it.each([
    ['https://lcd.osmosis.zone', 'https://lcd.osmosis.zone'],
    [' https://lcd.osmosis.zone/ ', 'https://lcd.osmosis.zone'],
    ['<https://lcd.osmosis.zone>', 'https://lcd.osmosis.zone'],
    ['HTTPS://LCD.Osmosis.Zone/cosmos/', 'https://lcd.osmosis.zone/cosmos'],
    ['https://lcd.osmosis.zone:1317', 'https://lcd.osmosis.zone:1317'],
    ['https://8.8.8.8', 'https://8.8.8.8'],
    ['https://[2606:4700:4700::1111]/api', 'https://[2606:4700:4700::1111]/api'],
    ['https://lcd.osmosis.zone./', 'https://lcd.osmosis.zone.'],
  ])('takes %s', (typed, url) => {
    expect(checkUrl(typed, closed)).toMatchObject({ ok: true, url })
    expect(checkUrl(typed, open)).toMatchObject({ ok: true, url })
  })

  it.each([
    // not https
    'http://lcd.osmosis.zone',
    'ftp://lcd.osmosis.zone',
    'file:///etc/passwd',
    'gopher://lcd.osmosis.zone',
    'javascript:alert(1)',
    'lcd.osmosis.zone',
    '//lcd.osmosis.zone',
    'https:lcd.osmosis.zone',
    'https:///lcd.osmosis.zone',
    'https://',
    '',
    // IPv4 in all its spellings
    'https://127.0.0.1',
    'https://127.0.0.1.',
    'https://127.1',
    'https://2130706433',
    'https://0x7f000001',
    'https://0x7f.0.0.1',
    'https://0177.0.0.1',
    'https://017700000001',
    'https://0',
    'https://0.0.0.0',
    'https://10.0.0.1',
    'https://172.16.0.1',
    'https://172.31.255.255',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://2852039166',
    'https://0xa9fea9fe',
    'https://0251.0376.0251.0376',
    'https://169.254.43518',
    'https://100.64.0.1',
    'https://100.100.100.200',
    'https://168.63.129.16',
    'https://192.0.0.192',
    'https://192.0.2.1',
    'https://198.18.0.1',
    'https://198.51.100.7',
    'https://203.0.113.9',
    'https://224.0.0.1',
    'https://239.255.255.255',
    'https://240.0.0.1',
    'https://255.255.255.255',
    'https://１２７.０.０.１',
    'https://⑫⑦.0.0.1',
    // IPv6
    'https://[::1]',
    'https://[::]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::ffff:169.254.169.254]',
    'https://[::ffff:a9fe:a9fe]',
    'https://[::127.0.0.1]',
    'https://[::7f00:1]',
    'https://[64:ff9b::7f00:1]',
    'https://[64:ff9b::169.254.169.254]',
    'https://[2002:7f00:1::]',
    'https://[2001::1]',
    'https://[2001:db8::1]',
    'https://[fe80::1]',
    'https://[fc00::1]',
    'https://[fd00:ec2::254]',
    'https://[fec0::1]',
    'https://[ff02::1]',
    'https://[100::1]',
    'https://[4000::1]',
    // names that mean something inside
    'https://localhost',
    'https://LOCALHOST',
    'https://localhost.',
    'https://api.localhost',
    'https://printer.local',
    'https://metadata.google.internal',
    'https://metadata.google.internal.',
    'https://router.lan',
    'https://intranet',
    'https://db',
    // user names, queries, tricks with the parser
    'https://user:pass@lcd.osmosis.zone',
    'https://user@lcd.osmosis.zone',
    'https://@lcd.osmosis.zone',
    'https://:@lcd.osmosis.zone',
    'https://lcd.osmosis.zone@127.0.0.1',
    'https://lcd.osmosis.zone:443@169.254.169.254/',
    'https://127.0.0.1\\@lcd.osmosis.zone',
    'https://lcd.osmosis.zone\\@127.0.0.1',
    'https://lcd.osmosis.zone/?x=1',
    'https://lcd.osmosis.zone/#x',
    'https://lcd.osmosis.zone?',
    'https://lcd.osmosis.zone#',
    'https://lcd.osmosis.zone\n.evil.example',
    'https://lcd.osmosis\u0000.zone',
    'https://lcd osmosis.zone',
    'https://lcd.osmosis.zone:99999',
    `https://lcd.osmosis.zone/${'x'.repeat(300)}`,
  ])('refuses %s', (typed) => {
    const checked = checkUrl(typed, closed)
    expect(checked.ok, JSON.stringify(checked)).toBe(false)
    expect(!checked.ok && checked.problem).toMatch(/^it|^its/)
  })

  it.each(['http://127.0.0.1:1317', 'http://localhost:1317', 'http://[::1]:1317', 'https://localhost:1317'])(
    'takes %s where loopback is allowed, and then only this machine',
    (typed) => {
      expect(checkUrl(typed, closed).ok).toBe(false)
      const checked = checkUrl(typed, open)
      expect(checked).toMatchObject({ ok: true, url: typed })
      expect(checked.ok && checked.guard('127.0.0.1')).toBeNull()
      expect(checked.ok && checked.guard('::1')).toBeNull()
      expect(checked.ok && checked.guard('169.254.169.254')).not.toBeNull()
      expect(checked.ok && checked.guard('8.8.8.8')).not.toBeNull()
    },
  )

  it.each([
    'http://lcd.osmosis.zone',
    'http://10.0.0.1',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'http://user@127.0.0.1',
    'http://api.localhost',
  ])('refuses %s although loopback is allowed', (typed) => {
    expect(checkUrl(typed, open).ok).toBe(false)
  })

  it('guards a public name against addresses that are not public, this machine included', () => {
    const checked = checkUrl('https://lcd.osmosis.zone', open)
    expect(checked.ok && checked.guard('8.8.8.8')).toBeNull()
    expect(checked.ok && checked.guard('127.0.0.1')).toMatch(/not public/)
  })
})

describe('onlyPublic', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0'])(
    'lets %s through',
    (address) => expect(onlyPublic(address)).toBeNull(),
  )
  it.each(['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8'])(
    'lets %s through',
    (address) => expect(onlyPublic(address)).toBeNull(),
  )
  it.each([
    '127.0.0.1',
    '169.254.169.254',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '',
    'lcd.osmosis.zone',
    '8.8.8.8.8',
  ])('refuses %s', (address) => expect(onlyPublic(address)).not.toBeNull())
})
