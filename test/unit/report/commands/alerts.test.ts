// What `alerts` answers: order and pages.
import { describe, expect, it } from 'vitest'
import type { AlertState, Level } from '../../../../src/alerts/types.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/kernel/duration.ts'
import { NOW, textOf } from '../../../support/client-rows.ts'
import { client, run, type World } from '../../../support/report-commands.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

describe('alerts', () => {
  const open = (id: number, identity: string, level: Level, more: Partial<AlertState> = {}) => ({
    identity,
    state: {
      level,
      sinceMs: NOW - HOUR_MS,
      alertId: id,
      raisedMs: NOW - 2 * HOUR_MS,
      toldLevel: level,
      lastNoticeMs: NOW,
      leftAtNoticeMs: null,
      mentioned: true,
      ack: null,
      ...more,
    } satisfies AlertState,
  })

  it('says so when nothing is open', async () => {
    expect((await run({}, 'alerts')).text).toBe(`🟢 No alert is open, as of ${t(NOW)}.`)
  })

  it('lists the worst and the nearest first, and last what was past saving when it was first seen', async () => {
    const clients = [
      client('07-tendermint-1', DAY_MS),
      client('07-tendermint-2', HOUR_MS),
      client('07-tendermint-3', -DAY_MS, { status: 'expired' }),
    ]
    const ack = { userId: '77', atMs: NOW, untilMs: NOW + HOUR_MS, level: 'critical', note: null } as const
    const world: World = {
      clients,
      open: [
        open(1, 'ibc:osmosis-1/07-tendermint-3', 'expired', { toldLevel: null }),
        open(2, 'ibc:osmosis-1/07-tendermint-1', 'critical'),
        open(3, 'halted:cosmoshub-4', 'halted'),
        open(4, 'ibc:osmosis-1/07-tendermint-2', 'critical', { ack }),
        open(5, 'ibc:osmosis-1/07-tendermint-8', 'warning'),
        open(6, 'wallet:@everyone', 'low'),
        open(7, 'network', 'blind'),
      ],
    }
    const reply = await run(world, 'alerts')
    const lines = textOf(reply).split('\n')
    expect(lines.map((line) => /^#(\d+)/.exec(line)?.[1]).filter(Boolean)).toEqual([
      '4',
      '2',
      '7',
      '3',
      '5',
      '6',
      '1',
    ])
    expect(lines[0]).toBe(`**6 open alerts**, and 1 past saving when first seen, as of ${t(NOW)}`)
    expect(lines[1]).toBe(
      `#4 🟠 **critical** Osmosis 07-tendermint-2 (tracks Cosmos Hub) · expires ${t(NOW + HOUR_MS)} · open since ${t(NOW - 2 * HOUR_MS)} · 👀 <@77> has it until ${t(NOW + HOUR_MS, 'f')}`,
    )
    expect(textOf(reply)).toContain('#6 🟡 **low** `wallet:@everyone`')
    expect(lines.at(-2)).toBe('**Past saving when first seen, not alarmed**')
    expect(reply.mentions).toBeUndefined()
  })

  it('gives no deadline to what none matters to any more', async () => {
    const frozen = client('07-tendermint-1', HOUR_MS, { status: 'frozen', frozen: true })
    const refused = client('08-wasm-3', HOUR_MS, { status: 'unauthorized' })
    const unread = client('07-tendermint-2', HOUR_MS, { status: 'frozen', unseenSinceMs: NOW - DAY_MS })
    const reply = await run(
      {
        clients: [frozen, refused, unread],
        open: [
          open(1, 'ibc:osmosis-1/07-tendermint-1', 'frozen'),
          open(2, 'ibc:osmosis-1/08-wasm-3', 'frozen'),
          open(3, 'unseen:osmosis-1/07-tendermint-2', 'blind'),
        ],
      },
      'alerts',
    )
    expect(textOf(reply).match(/^#\d/gm)).toHaveLength(3)
    expect(textOf(reply)).not.toMatch(/expires|deadline/)
  })

  it('has pages', async () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      open(i + 1, `ibc:osmosis-1/07-tendermint-${i}`, 'warning'),
    )
    const last = await run({ open: many }, 'alerts', {}, { page: 2 })
    expect(last.page).toEqual({ index: 2, count: 3 })
    expect(textOf(last).match(/^#\d+/gm)).toHaveLength(6)
  })
})
