// Refusals and outcomes, word for word, as the user reads them.
import { describe, expect, it } from 'vitest'
import { outcomeText, refusalText, span } from '../../../src/faucet/messages.ts'
import type { Reason } from '../../../src/faucet/types.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { NOW_MS } from '../../support/faucet.ts'

const T = NOW_MS / 1000
const AGAIN_MS = NOW_MS + 4 * DAY_MS
const AGAIN = `<t:${T + 4 * 86_400}:f> (<t:${T + 4 * 86_400}:R>)`
const rule = { prefix: 'lig', encoding: 'bech32m', bytes: [28] } as const

const refusals: [Reason, string][] = [
  [{ code: 'paused', reason: 'upgrade' }, 'the faucet is paused by a moderator: `upgrade`.'],
  [
    { code: 'account-age', ageMs: 3.9 * DAY_MS, neededMs: 7 * DAY_MS, againMs: AGAIN_MS },
    `your account is 3 days old; it must be 7 days: try again on ${AGAIN}.`,
  ],
  [
    { code: 'member-age', ageMs: 5 * HOUR_MS, neededMs: DAY_MS, againMs: AGAIN_MS },
    `you joined this server 5 hours ago; it must be 24 hours: try again on ${AGAIN}.`,
  ],
  [
    { code: 'no-join-date' },
    'Discord does not tell me when you joined this server; try again in a few minutes, and ask a moderator if it stays so.',
  ],
  [
    { code: 'pending' },
    "you have not passed this server's membership screening yet: accept the rules first.",
  ],
  [{ code: 'roles', missing: ['111', '222'] }, 'you need <@&111> and <@&222> first.'],
  [{ code: 'user-open' }, 'a request of yours is being worked on right now: wait for its answer.'],
  [
    { code: 'user-recent', lastMs: NOW_MS - 5 * HOUR_MS, unknown: false, againMs: NOW_MS + 19 * HOUR_MS },
    `you had tokens 5 hours ago: again <t:${T + 19 * 3600}:R>.`,
  ],
  [
    { code: 'user-recent', lastMs: NOW_MS - 5 * HOUR_MS, unknown: true, againMs: NOW_MS + 19 * HOUR_MS },
    `your request 5 hours ago may have been paid, and is still being checked: again <t:${T + 19 * 3600}:R>.`,
  ],
  [{ code: 'address-open' }, 'tokens for this address are being sent right now: wait a minute.'],
  [
    { code: 'address-recent', lastMs: NOW_MS - HOUR_MS, againMs: AGAIN_MS },
    `this address had tokens 60 minutes ago: again <t:${T + 4 * 86_400}:R>.`,
  ],
  [
    { code: 'day-used-up', againMs: AGAIN_MS },
    `everything that the faucet gives in a day has been given out: again <t:${T + 4 * 86_400}:R>.`,
  ],
  [
    { code: 'kept-for-first-timers', againMs: AGAIN_MS },
    `what is left for today is kept for people who never had any: again <t:${T + 4 * 86_400}:R>.`,
  ],
  [{ code: 'wrong-channel', channels: ['1', '2'] }, 'the faucet works only in <#1> or <#2>.'],
  [
    { code: 'which-chain', chains: ['a-1', 'b-1'] },
    'I cannot tell which faucet you mean: name the chain (`a-1`, `b-1`).',
  ],
  [
    { code: 'banned', kind: 'user', reason: 'many accounts', untilMs: AGAIN_MS },
    `you are excluded from the faucet until ${AGAIN}: \`many accounts\`.`,
  ],
  [
    { code: 'banned', kind: 'address', reason: 'shared', untilMs: null },
    'this address is excluded from the faucet: `shared`.',
  ],
  [{ code: 'address-empty', rule }, 'there is no address: paste only the lig1… address.'],
  [{ code: 'address-extra', rule }, 'paste only the lig1… address.'],
  [{ code: 'address-shape', rule }, 'this is not an address: paste only the lig1… address.'],
  [{ code: 'address-too-long', rule }, 'this is too long for an address: paste only the lig1… address.'],
  [
    { code: 'address-prefix', prefix: 'cosmos', rule },
    'this is a cosmos1 address; this faucet pays lig1… addresses.',
  ],
  [
    { code: 'address-prefix', prefix: 'ligvaloper', rule },
    "this is a ligvaloper1 address (a validator's, not an account); this faucet pays lig1… addresses.",
  ],
  [{ code: 'address-evm', rule }, 'this is an EVM address (0x…); this faucet pays lig1… addresses.'],
  [
    { code: 'address-evm', form: 'lig1abc', rule },
    'this is an EVM address (0x…); this faucet pays lig1… addresses: if the same bytes are yours there, give the bech32 form, `lig1abc`.',
  ],
  [
    { code: 'address-checksum', rule },
    'this address has a typing error (its checksum does not match): copy it again.',
  ],
  [
    { code: 'address-mixed-case', rule },
    'this address mixes upper and lower case, so it has a typing error: copy it again.',
  ],
  [
    { code: 'address-encoding', rule },
    'this address is not bech32m, as lig1… addresses are: copy it from a wallet of this chain.',
  ],
  [
    { code: 'address-length', bytes: 20, rule },
    'this address holds 20 bytes; lig1… addresses of accounts hold 28.',
  ],
  [
    { code: 'address-mention', rule },
    'this is a mention; tokens go to an address: paste only the lig1… address.',
  ],
  [
    { code: 'address-invisible', rule },
    'there are invisible characters in what you pasted (such as right-to-left marks): copy the address again, and paste only the lig1… address.',
  ],
  [
    { code: 'address-secret', secret: 'mnemonic', rule },
    '⚠️ this looks like a seed phrase (mnemonic). Never share it with anybody, a faucet never needs it. I have not kept it, but if it is real, move your funds to a new wallet now. An address begins with lig1….',
  ],
]

describe('refusals', () => {
  it.each(refusals)('$code', (reason, text) => {
    expect(refusalText([reason], NOW_MS)).toBe(`No tokens this time: ${text}`)
  })

  it('lists every reason at once', () => {
    const reasons: Reason[] = [{ code: 'pending' }, { code: 'address-extra', rule }]
    expect(refusalText(reasons, NOW_MS)).toBe(
      [
        'No tokens this time, for 2 reasons:',
        "• you have not passed this server's membership screening yet: accept the rules first",
        '• paste only the lig1… address',
      ].join('\n'),
    )
  })
})

const drip = {
  id: 12,
  address: 'lig1abc',
  status: 'sent' as const,
  cause: null,
  detail: null,
  txHash: 'ltx1abc',
  amount: '100 LGT',
  nextAtMs: null,
  atMs: NOW_MS,
}
const settings = {
  everyMs: DAY_MS,
  explorer: 'https://explorer.ligate.io/tx/{hash}',
  amount: '5 TEST',
  canLookUp: true,
}
const NEXT = `<t:${T + 86_400}:f> (<t:${T + 86_400}:R>)`

describe('outcomes', () => {
  it('sent', () => {
    expect(outcomeText(drip, settings)).toBe(
      [
        '💧 Sent 100 LGT to `lig1abc`.',
        'Transaction: `ltx1abc` <https://explorer.ligate.io/tx/ltx1abc>',
        `The next one is possible ${NEXT}.`,
      ].join('\n'),
    )
  })

  it("sent, without a hash, with the configured amount and the faucet's own later time", () => {
    const own = { ...drip, txHash: null, amount: null, nextAtMs: AGAIN_MS }
    expect(outcomeText(own, settings)).toBe(
      [
        '💧 Sent 5 TEST to `lig1abc`.',
        'This faucet does not tell the transaction hash.',
        `The faucet says that the next one is possible ${AGAIN}.`,
      ].join('\n'),
    )
  })

  it("failed by the faucet's own limit", () => {
    const limited = {
      ...drip,
      status: 'failed' as const,
      cause: 'limited',
      detail: '429: wait @everyone',
      txHash: null,
      nextAtMs: AGAIN_MS,
    }
    expect(outcomeText(limited, settings)).toBe(
      [
        'No tokens were sent: the faucet itself has a limit that is reached.',
        'It says: `429: wait @everyone`',
        `Nothing is used up here; the faucet says that it pays again ${AGAIN}.`,
      ].join('\n'),
    )
  })

  it('unknown, with and without a transaction to look for', () => {
    const unknown = {
      ...drip,
      status: 'unknown' as const,
      cause: 'ambiguous',
      detail: '502: late',
      amount: null,
    }
    expect(outcomeText(unknown, settings)).toBe(
      [
        "⏳ I cannot tell yet whether `lig1abc` was paid: the faucet's answer was unclear (`502: late`).",
        'Transaction: `ltx1abc` <https://explorer.ligate.io/tx/ltx1abc>',
        'I am looking for this transaction and will tell you here or by direct message.',
        `So that nothing is paid twice, it counts as paid. The next one is possible ${NEXT}.`,
      ].join('\n'),
    )
    expect(outcomeText({ ...unknown, txHash: null, cause: 'restart' }, settings)).toBe(
      [
        '⏳ I cannot tell yet whether `lig1abc` was paid: I was restarted while the faucet was working.',
        'A moderator can look it up and settle it: request #12.',
        `So that nothing is paid twice, it counts as paid. The next one is possible ${NEXT}.`,
      ].join('\n'),
    )
  })
})

describe('several transactions, and those that cannot be looked up', () => {
  it('tells each of them with its link', () => {
    expect(outcomeText({ ...drip, txHash: 'ltx1abc ltx1def' }, settings)).toBe(
      [
        '💧 Sent 100 LGT to `lig1abc`.',
        'Transactions:',
        '`ltx1abc` <https://explorer.ligate.io/tx/ltx1abc>',
        '`ltx1def` <https://explorer.ligate.io/tx/ltx1def>',
        `The next one is possible ${NEXT}.`,
      ].join('\n'),
    )
  })

  it('says that the faucet says it paid, what is in the way, and who can settle it', () => {
    const lost = { ...drip, status: 'unknown' as const, cause: 'unreadable', detail: '403: `@here`' }
    expect(outcomeText(lost, settings)).toBe(
      [
        '⏳ I cannot tell yet whether `lig1abc` was paid: the faucet says it paid; I cannot look it up (`403: ˋ@hereˋ`).',
        'Transaction: `ltx1abc` <https://explorer.ligate.io/tx/ltx1abc>',
        'I am looking for this transaction and will tell you here or by direct message.',
        'A moderator can look it up and settle it: request #12.',
        `So that nothing is paid twice, it counts as paid. The next one is possible ${NEXT}.`,
      ].join('\n'),
    )
  })
})

describe('words', () => {
  it.each([
    [0, '0 seconds'],
    [1000, '1 second'],
    [119_999, '119 seconds'],
    [120_000, '2 minutes'],
    [7 * DAY_MS - 1, '6 days'],
    [7 * DAY_MS, '7 days'],
    [-5, '0 seconds'],
  ])('%i ms: %s', (ms, text) => expect(span(ms)).toBe(text))
})
