// How the channels of a client are known, and that nothing is called none where nobody could look.
import { describe, expect, it } from 'vitest'
import { usesOf } from '../../../src/clients/attention.ts'
import { channelsKnown, channelWords } from '../../../src/clients/channels.ts'
import type { SeldomAnswer } from '../../../src/clients/knowledge.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { aChain, aClient, NOW } from '../../support/client-rows.ts'

const lostAt = (lostMs: number, usesMs: number | null): Record<string, SeldomAnswer> => ({
  'uses lost': { answer: 'yes', askedMs: lostMs },
  ...(usesMs === null ? {} : { uses: { answer: 'yes', askedMs: usesMs } }),
})

it('that cannot be read are as they were: of a client without connections nobody knows that it has none', () => {
  const before = aClient()
  const open = { connectionId: 'connection-1', clientId: before.clientId, state: 'STATE_OPEN' }
  const channel = { channelId: 'channel-7', portId: 'transfer', connectionId: 'connection-1' }
  const around = {
    ...{ mine: new Set<string>(), ignored: new Set<string>(), wanted: [] },
    hasCounterpartyV2: () => false,
    before: () => before,
  }
  const use = (connections: boolean, channels: false | string) =>
    usesOf([{ clientId: before.clientId, clientType: '07-tendermint', problem: '' }], {
      ...around,
      connections: connections ? [{ ...open, counterparty: { clientId: '', connectionId: '' } }] : null,
      channels: channels
        ? [{ ...channel, state: channels, counterparty: { channelId: '', portId: '' } }]
        : null,
    }).get(before.clientId)!
  expect(use(false, 'STATE_OPEN').openChannels).toEqual(before.openChannels)
  expect(use(true, false).openChannels).toEqual(before.openChannels)
  for (const state of ['STATE_OPEN', 'STATE_FLUSHING', 'STATE_FLUSHCOMPLETE'])
    expect(use(true, state)).toMatchObject({ openChannels: ['channel-7'], attention: 'live' })
  expect(use(true, 'STATE_CLOSED')).toMatchObject({ openChannels: [], attention: 'idle' })
})

describe('channels', () => {
  const known = (
    answers: Record<string, SeldomAnswer>,
    row: Partial<ReturnType<typeof aClient>> = {},
    chain: Partial<ReturnType<typeof aChain>> = {},
  ) =>
    channelsKnown(
      aClient(row),
      aChain('osmosis-1', 'Osmosis', chain),
      (question) => answers[question] ?? null,
    )

  it('are as of the last sweep, or of the last one that could read them', () => {
    expect(known({})).toBe('now')
    expect(known({ ...lostAt(1, NOW), 'uses lost': { answer: 'no', askedMs: NOW } })).toBe('now')
    expect(known(lostAt(NOW - HOUR_MS, NOW - 2 * HOUR_MS))).toEqual({ asOfMs: NOW - 2 * HOUR_MS })
    expect(known(lostAt(NOW - HOUR_MS, null))).toEqual({ asOfMs: null })
    // It came when they could not be read any more.
    expect(known(lostAt(NOW - HOUR_MS, NOW - 2 * HOUR_MS), { firstSeenMs: NOW - HOUR_MS })).toBe('never')
  })

  it('are not asked for at a far end, and IBC v2 has none', () => {
    expect(known({}, {}, { connections: 'none' })).toBe('not-asked')
    expect(known({}, {}, { connections: ['connection-7'] })).toBe('not-asked')
    expect(known({}, {}, { connections: ['connection-1'] })).toBe('now')
    expect(known({}, {}, { connections: 'none', mine: ['07-tendermint-1'] })).toBe('now')
    const v2 = { 'v2:07-tendermint-1': { answer: 'yes' as const, askedMs: 1 } }
    expect(known(v2, { openChannels: [] })).toBe('v2')
    expect(known(v2)).toBe('now')
  })

  it('are none only where that is known', () => {
    const asOf = { asOfMs: NOW - DAY_MS }
    const t = `<t:${Math.floor((NOW - DAY_MS) / 1000)}:R>`
    const none = { openChannels: [] }
    const two = { openChannels: ['channel-0', 'channel-4'] }
    expect(channelWords(none, 'now')).toBe('no open channel')
    for (const form of ['count', 'stuck', 'all'] as const)
      for (const known of [asOf, { asOfMs: null }, 'never', 'not-asked', 'v2'] as const)
        expect(channelWords(none, known, form)).not.toContain('no open channel')
    expect(channelWords(none, asOf, 'stuck')).toBe(`no channel known as of ${t}, not readable since`)
    expect(channelWords(two, asOf, 'stuck')).toBe(
      `stuck: channel-0, channel-4 (as of ${t}, not readable since)`,
    )
    expect(channelWords(two, asOf, 'all')).toBe(
      `2 open channels: channel-0, channel-4 as of ${t}, not readable since`,
    )
    expect(channelWords(two, { asOfMs: null })).toBe(
      '2 open channels as of an earlier reading, not readable since',
    )
  })
})
