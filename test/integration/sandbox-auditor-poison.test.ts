// What the auditor says of a message that is refused for what is in it: it is told all the same, and holds up no other.
import { describe, expect, it } from 'vitest'
import { type ChannelRequest, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import { but, END, findings, MINUTE, PERIOD, T0, warning } from '../support/auditor.ts'

const later = (one: ChannelRequest, ms: number): ChannelRequest => ({ ...one, atMs: one.atMs + ms })
const byBot = (one: ChannelRequest): ChannelRequest => ({ ...one, by: 'bot' })
const refused: ChannelRequest = { ...warning, accepted: false, status: 403, messageId: null }
const poison = (atMs: number): WorldEvent => ({ atMs, kind: 'poison', text: 'some text' })

describe('while one message is refused', () => {
  const events = [poison(T0)]

  it('it is told by the own account within minutes, and not hours later', () => {
    expect(findings(events, [refused, ...but(warning, byBot(later(warning, 6 * MINUTE)))])).toEqual([])
    expect(findings(events, [refused, ...but(warning, byBot(later(warning, 9 * MINUTE)))])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^late: warning/)]),
    )
  })

  it('another one waits for it no longer than ever, and comes through the webhook', () => {
    expect(findings(events, but(warning, later(warning, 3 * MINUTE)))).toEqual([
      expect.stringMatching(/^late: warning/),
    ])
    const own = findings(events, but(warning, byBot(warning)))
    expect(own).toEqual([expect.stringMatching(/^late: by the own account, though the webhook works/)])
  })
})

it('permits the own account where the webhook as a whole takes nothing', () => {
  const dead = (atMs: number, fault: string | null): WorldEvent => ({ atMs, kind: 'webhook', fault })
  const [fromMs, toMs] = [warning.atMs - 10 * MINUTE, warning.atMs + 30 * MINUTE]
  const told = but(warning, byBot(later(warning, 5 * MINUTE)))
  expect(findings([dead(fromMs, '500'), dead(toMs, null)], told)).toEqual([])
})

it('permits that the part of a storm that is taken calls for the nearest one, which is their own', () => {
  const chain: WorldEvent = {
    atMs: T0,
    kind: 'chain',
    chainId: 'alpha-1',
    name: 'Alpha',
    blockMs: 6000,
    names: true,
  }
  const own = { chainId: 'alpha-1', clientId: '07-tendermint-1', trackedChainId: 'beta-1', lastUpdateMs: T0 }
  const mine: WorldEvent = { atMs: T0, kind: 'client', ...own, trustingPeriodMs: PERIOD, use: 'mine' }
  const tags = ['<@&100000000000000000>']
  const policy = { ...POLICY, mention: tags }
  const called = (nearest: string, events: WorldEvent[]) =>
    findings(
      [chain, mine, ...events],
      [
        {
          ...warning,
          tags,
          content: `🟡 2 warning on Alpha: nearest ${nearest}, 3 h left\n${warning.content}`,
        },
      ],
      END,
      undefined,
      policy,
    ).filter((one) => one.startsWith('mention'))
  const wrong = [expect.stringMatching(/^mention: called for what is not their own/)]
  expect(called('07-tendermint-1', [poison(T0)])).toEqual([])
  expect(called('07-tendermint-0', [poison(T0)])).toEqual(wrong)
  expect(called('07-tendermint-1', [])).toEqual(wrong)
})
