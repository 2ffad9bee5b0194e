// The words of alerts about wallets: the first line, whom it tags, the line that it is over, and hostile names.
import { describe, expect, it } from 'vitest'
import { composePost } from '../../../src/alerts/compose.ts'
import type { Notice } from '../../../src/alerts/types.ts'
import { DAY_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { lowMessage, unseenMessage } from '../../../src/wallets/messages.ts'
import { readWalletIdentity, type Watched } from '../../../src/wallets/types.ts'
import { amountText, shortAddress, symbolText } from '../../../src/wallets/words.ts'

const NOW = Date.UTC(2026, 10, 20, 10)
const ATOM = { symbol: 'ATOM', denom: 'uatom', decimals: 6 }
const ADDRESS = 'cosmos1fcmet5zan5ldyc02f8m03gz8lyxvqkjypghej3'
const watched: Watched = {
  chainId: 'cosmoshub-4',
  address: ADDRESS,
  denom: 'uatom',
  thresholdBase: 2_000_000n,
  userId: '100000000000000001',
  mention: ['<@100000000000000001>'],
}
const notice = (more: Partial<Notice> = {}): Notice => ({
  kind: 'raised',
  level: 'low',
  from: 'ok',
  alertId: 41,
  mention: true,
  ackedBy: null,
  raisedMs: NOW - 30 * MINUTE_MS,
  ...more,
})
const context = {
  chainName: 'Cosmos Hub',
  token: ATOM,
  balance: { base: 1_500_000n, readMs: NOW },
  runway: { perDayBase: 412_345n, lastsMs: 3.6 * DAY_MS },
  nowMs: NOW,
}

describe('a low balance', () => {
  it('carries everything in its first line, the mention last', () => {
    const message = lowMessage(watched, notice(), context)
    const post = composePost([message], { storm: [message], tags: message.mention, continued: false }, NOW)
    expect(post.content).toBe(
      '🟡 LOW: wallet cosmos1…hej3 on Cosmos Hub has 1.5 ATOM, below 2 ATOM <@100000000000000001>',
    )
    expect(post.allowed_mentions).toEqual({ parse: [], roles: [], users: ['100000000000000001'] })
    expect(post.embeds[0]!.description).toContain(`\`${ADDRESS}\``)
    expect(post.embeds[0]!.description).toContain('spends about 0.41 ATOM a day, lasts about 3 days')
    expect(post.embeds[0]!.footer?.text).toBe('#41')
    const bridged = lowMessage(watched, notice(), {
      ...context,
      note: 'denom `ibc/27`, counted in base units',
    })
    expect(bridged.embed!.description).toContain(
      'threshold 2 ATOM · denom `ibc/27`, counted in base units · spends',
    )
  })

  it('says still when it reminds, and nothing of a runway that is not known', () => {
    const message = lowMessage(watched, notice({ kind: 'reminder' }), { ...context, runway: null })
    expect(message.headline).toMatch(/^🟡 still LOW: /)
    expect(message.embed!.description).not.toContain('lasts')
  })

  it('is over in one line without a mention', () => {
    const over = notice({ kind: 'resolved', level: 'ok', from: 'low', mention: false })
    const balance = { base: 12_000_000_000n, readMs: NOW }
    expect(lowMessage(watched, over, { ...context, balance })).toMatchObject({
      headline:
        '🟢 over: wallet cosmos1…hej3 on Cosmos Hub has 12,000 ATOM (was low since Fri 20 Nov 09:30 UTC)',
      embed: null,
      mention: [],
    })
    const gone = notice({ kind: 'withdrawn', mention: false })
    expect(lowMessage(watched, gone, context).headline).toMatch(/^⚪ withdrawn: .* is not watched any more/)
  })

  it('keeps mentions and links in names and symbols from being live', () => {
    const evil = { symbol: '@everyone <@&1> https://evil.example', denom: 'x', decimals: 0 }
    const message = lowMessage(watched, notice(), { ...context, chainName: '@here <#1>', token: evil })
    expect(message.headline).not.toMatch(/[@<>/]/)
    expect(message.embed!.description!.replace(/<t:\d+:R>/g, '')).not.toMatch(/[@<>]|https:\/\//)
  })
})

describe('a wallet that cannot be read', () => {
  it('says since when and why, tags nobody, and gives what was known last', () => {
    const message = unseenMessage(
      'cosmoshub-4',
      ADDRESS,
      notice({ level: 'blind', mention: false, raisedMs: NOW }),
      {
        chainName: 'Cosmos Hub',
        unseen: { sinceMs: NOW - 14 * MINUTE_MS, cause: 'lcd-a 500 <@&1> https://evil.example/x' },
        last: { token: ATOM, note: 'denom `ibc/27`', balance: { base: 5n, readMs: NOW - 20 * MINUTE_MS } },
        nowMs: NOW,
      },
    )
    expect(message.headline).toMatch(
      /^⚫ BLIND 14 min: wallet cosmos1…hej3 on Cosmos Hub cannot be read \(lcd-a 500 /,
    )
    expect(message.headline).not.toMatch(/[@<>/]/)
    expect(message.embed!.description).toContain('Last known: 0.000005 ATOM, denom `ibc/27`, <t:')
    expect(message.mention).toEqual([])
  })
})

describe('words', () => {
  it('writes amounts of any size in groups and without exponents', () => {
    expect(amountText(10n ** 40n, ATOM)).toBe(`${`10${',000'.repeat(11)}`} ATOM`)
    expect(amountText(1n, { ...ATOM, decimals: 18 })).toBe('0.000000000000000001 ATOM')
    expect(amountText(12_345_678_901_234_567_890n, { symbol: 'stake', denom: 'stake', decimals: 0 })).toBe(
      '12,345,678,901,234,567,890 stake',
    )
  })

  it('shortens addresses and IBC denoms', () => {
    expect(shortAddress('osmo1qqqqqqqqqqqqqqqqwxyz')).toBe('osmo1…wxyz')
    expect(symbolText('ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2')).toBe(
      'ibc/27394F…5EB2',
    )
    // The slashes of other denoms are kept, where they make no link.
    expect(symbolText('factory/osmo1abc/uwosmo')).toBe('`factory/osmo1abc/uwosmo`')
    expect(symbolText('https://evil.example/`x`')).not.toContain('/')
  })
})

describe('identities', () => {
  it('are read back, with slashes in the denom', () => {
    const of = (denom: string) => `wallet:cosmoshub-4/${ADDRESS}/${denom}/config`
    const expected = { kind: 'low', chainId: 'cosmoshub-4', address: ADDRESS, denom: 'uatom', userId: null }
    expect(readWalletIdentity(of('uatom'))).toEqual(expected)
    expect(readWalletIdentity(of('factory/cosmos1x/sub/uwosmo'))).toEqual({
      ...expected,
      denom: 'factory/cosmos1x/sub/uwosmo',
    })
    expect(readWalletIdentity(`wallet-unseen:cosmoshub-4/${ADDRESS}`)).toEqual({
      kind: 'unseen',
      chainId: 'cosmoshub-4',
      address: ADDRESS,
    })
    expect(readWalletIdentity('ibc:osmosis-1/07-tendermint-1')).toBeNull()
  })
})
