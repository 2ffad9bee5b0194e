// The digest's words: what stands in it, whose clients are named and whose counted, and that it fits whatever there is.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertState, Level } from '../../../src/alerts/types.ts'
import { createDirectory } from '../../../src/chains/directory.ts'
import type { ChainStatus } from '../../../src/clients/chain-status.ts'
import type { Turn } from '../../../src/clients/turns-store.ts'
import type { ClientRow } from '../../../src/clients/types.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import type { OverviewDeps } from '../../../src/report/commands/deps.ts'
import { digestCommand, digestFacts } from '../../../src/report/commands/digest.ts'
import { digest, digestMessage, WEEK_MS } from '../../../src/report/digest.ts'
import { aCall, aChain, aClient, NOW, textOf } from '../../support/client-rows.ts'

interface World {
  clients?: ClientRow[]
  open?: { identity: string; state: AlertState }[]
  turns?: Turn[]
  status?: Record<string, Partial<ChainStatus>>
}

const OK: ChainStatus = {
  state: 'ok',
  sinceMs: null,
  reason: null,
  readMs: NOW - 60_000,
  sweep: null,
  endpoints: [],
}

const CHAINS = [
  aChain('osmosis-1', 'Osmosis'),
  aChain('cosmoshub-4', 'Cosmos Hub'),
  aChain('juno-1', 'Juno', { origin: 'registry' }),
  aChain('akashnet-2', 'Akash', { origin: 'registry' }),
]

function depsOf(world: World, chains = CHAINS): OverviewDeps {
  const rows = world.clients ?? []
  return {
    directory: createDirectory(chains),
    store: {
      client: (chainId, clientId) =>
        rows.find((row) => row.chainId === chainId && row.clientId === clientId) ?? null,
      clients: (chainId) => rows.filter((row) => chainId === undefined || row.chainId === chainId),
      turns: (sinceMs) => (world.turns ?? []).filter(({ atMs }) => atMs >= sinceMs),
    },
    openAlerts: () => world.open ?? [],
    describe: (identity) => (identity.startsWith('wallet:') ? 'wallet cosmos1…xyz on Cosmos Hub' : null),
    chainOf: (identity) => /^\w+:([^/]+)/.exec(identity)?.[1] ?? null,
    chainStatus: (chainId) => ({ ...OK, ...world.status?.[chainId] }),
    botStatus: () => {
      throw new Error('not asked')
    },
  }
}

function textAt(world: World, nowMs = NOW): string {
  const { headline, embed } = digest(digestFacts(depsOf(world), () => true, nowMs))
  return `${headline}\n${embed.description}`
}

const state = (level: Level, alertId: number, more: Partial<AlertState> = {}): AlertState => ({
  level,
  sinceMs: NOW - DAY_MS,
  alertId,
  raisedMs: NOW - DAY_MS,
  toldLevel: level,
  lastNoticeMs: NOW - DAY_MS,
  leftAtNoticeMs: null,
  mentioned: true,
  ack: null,
  ...more,
})

const client = (number: number, leftMs: number, more: Partial<ClientRow> = {}) =>
  aClient(
    { clientId: `07-tendermint-${number}`, status: leftMs > 0 ? 'active' : 'expired', ...more },
    NOW + leftMs,
  )

const alert = (number: number, level: Level, alertId: number, more: Partial<AlertState> = {}) => ({
  identity: `ibc:osmosis-1/07-tendermint-${number}`,
  state: state(level, alertId, more),
})

const turn = (number: number, from: Turn['from'], to: Turn['to'], more: Partial<Turn> = {}): Turn => ({
  chainId: 'osmosis-1',
  clientId: `07-tendermint-${number}`,
  atMs: NOW - DAY_MS,
  from,
  to,
  first: false,
  ...more,
})

it('does not count as lost what an update may still save', () => {
  const standing = { status: 'active', hostTimeNs: msToNs(NOW - 2 * DAY_MS) } as const
  const text = textAt({
    clients: [client(1, -HOUR_MS, standing), client(2, -HOUR_MS, { status: 'active', readMs: NOW - DAY_MS })],
    open: [alert(1, 'expired', 41), alert(2, 'expired', 42)],
    status: { 'osmosis-1': { state: 'halted', sinceMs: NOW - 2 * DAY_MS } },
  })
  expect(text).toContain('2 alerts open')
  expect(text).toContain('#41 🔴 **past its deadline by the clock** Osmosis 07-tendermint-1')
  expect(text).toContain('#42 ⚫ **may have expired** Osmosis 07-tendermint-2')
  expect(text).toContain('🔴 1 past its deadline by the clock, ⚫ 1 may have expired')
  expect(text).not.toMatch(/expired or frozen|🔴 2 expired/)
})

describe('the headline', () => {
  it('sums up in plain words what is open and what happened', () => {
    const [headline] = textAt({
      clients: [client(1, HOUR_MS), client(2, -DAY_MS), client(3, 10 * DAY_MS)],
      open: [alert(1, 'critical', 41), alert(2, 'expired', 40)],
      turns: [turn(1, 'ok', 'warning'), turn(1, 'warning', 'critical'), turn(2, 'critical', 'expired')],
      status: { 'cosmoshub-4': { state: 'blind', sinceMs: NOW - HOUR_MS, reason: 'lcd-b 502' } },
    }).split('\n')
    expect(headline).toBe(
      '📋 The week to Fri 20 Nov 02:52 UTC: 1 alert open (worst: critical); 1 expired or frozen; this week 1 warned, 1 expired; 1 of 2 chains cannot be read',
    )
  })

  it('says so when nothing was', () => {
    const text = textAt({ clients: [client(1, 10 * DAY_MS)] })
    expect(text).toMatch(/^📋 The week to .* UTC: no alert open; a quiet week\n/)
    expect(text).toContain('As far as I could look: nothing came near its end, nothing was lost.')
    expect(text).not.toContain('Alerts are not about')
  })
})

describe('chains', () => {
  it('are a line each, those that cannot be read first; far ends of the registry are one line together', () => {
    const text = textAt({
      clients: [client(1, 10 * DAY_MS), client(2, -DAY_MS, { attention: 'idle' })],
      status: {
        'cosmoshub-4': { state: 'blind', sinceMs: NOW - 2 * HOUR_MS, reason: 'lcd-b 502' },
        'juno-1': { state: 'blind', sinceMs: NOW - 2 * HOUR_MS, reason: 'gone' },
      },
    })
    expect(text).toContain('**Osmosis** `osmosis-1`: 🔴 1 expired, 🟢 1 ok · alerts about 1 · read <t:')
    expect(text.indexOf('**Cosmos Hub**')).toBeLessThan(text.indexOf('**Osmosis**'))
    expect(text).toContain('**BLIND 2 h**')
    expect(text).toContain('2 chains from the chain registry as far ends, 1 cannot be read: Juno')
    expect(text).not.toContain('`juno-1`')
    expect(text).toMatch(/^📋 The week to .*: no alert open; 1 of 2 chains cannot be read\n/)
  })

  it('say how many of their clients cannot be read now', () => {
    const text = textAt({ clients: [client(1, 10 * DAY_MS, { unseenSinceMs: NOW - HOUR_MS })] })
    expect(text).toMatch(/\*\*Osmosis\*\*.* · ⚫ 1 client cannot be read now/)
  })
})

describe('what is open', () => {
  it('is listed by number, the wallets too; what is lost, apart and the oldest first', () => {
    const text = textAt({
      clients: [client(1, HOUR_MS), client(2, -DAY_MS), client(3, -20 * DAY_MS), client(4, -90 * DAY_MS)],
      open: [
        alert(1, 'critical', 41),
        alert(2, 'expired', 42),
        alert(3, 'expired', 43),
        alert(4, 'expired', 44, { toldLevel: null }),
        { identity: 'wallet:cosmoshub-4/cosmos1xyz/uatom/config', state: state('low', 45) },
      ],
    })
    expect(text).toContain(
      '**Open now** (2)\n#41 🟠 **critical** Osmosis 07-tendermint-1 (tracks Cosmos Hub)',
    )
    expect(text).toContain('#45 🟡 **low** wallet cosmos1…xyz on Cosmos Hub · open since')
    expect(text).toContain('**Expired or frozen** (3, 1 of them when first seen), the oldest first\n#43 ')
    expect(text.indexOf('#42 ')).toBeLessThan(text.indexOf('#44 '))
  })
})

describe('the week', () => {
  const clients = [1, 2, 3, 4].map((number) => client(number, 10 * DAY_MS))

  it('counts each client once and names what was lost and what came back', () => {
    const text = textAt({
      clients,
      turns: [
        turn(1, 'ok', 'warning'),
        turn(1, 'warning', 'critical'),
        turn(1, 'critical', 'ok'),
        turn(1, 'ok', 'warning'),
        turn(2, 'ok', 'warning'),
        turn(3, 'expired', 'ok'),
        turn(4, 'ok', 'frozen'),
      ],
    })
    expect(text).toContain('🟡 2 came near the end, 1 updated in time')
    expect(text).toContain('🧊 1 frozen: Osmosis 07-tendermint-4')
    expect(text).toContain('🟢 1 recovered: Osmosis 07-tendermint-3')
    expect(text).not.toContain('expired:')
  })

  it('leaves out what was so when first seen, and what happened before', () => {
    const text = textAt({
      clients,
      turns: [
        turn(1, null, 'expired', { first: true }),
        turn(2, 'critical', 'expired', { atMs: NOW - WEEK_MS - 1 }),
        turn(9, 'critical', 'expired'),
      ],
    })
    expect(text).toContain('nothing was lost')
    expect(text).toContain('a quiet week')
  })

  it('takes what a client was before its history was thinned out for news', () => {
    const text = textAt({ clients, turns: [turn(1, null, 'expired')] })
    expect(text).toContain('🔴 1 expired: Osmosis 07-tendermint-1')
  })
})

it('says of what came near the end what became of it', () => {
  const nine = Array.from({ length: 9 }, (_, n) => client(n, HOUR_MS))
  const turns = nine.map((_, n) => turn(n, 'ok', 'critical'))
  expect(textAt({ clients: nine, turns })).toContain('🟡 9 came near the end, 9 still open')
  const unseen = client(2, -HOUR_MS, { status: 'active', readMs: NOW - DAY_MS })
  const clients = [client(0, 10 * DAY_MS), client(1, -HOUR_MS), unseen]
  expect(textAt({ clients, turns: [...turns, turn(0, 'critical', 'ok')] })).toContain(
    '🟡 3 came near the end, 1 updated in time, 1 still open',
  )
})

it('counts what alerts are not about, and names what is still to be saved', () => {
  const idle = { attention: 'idle' } as const
  const text = textAt({
    clients: [
      client(1, HOUR_MS, idle),
      client(2, 10 * DAY_MS, { ...idle, ignored: true }),
      client(3, -DAY_MS, idle),
      client(4, -DAY_MS, idle),
      client(5, HOUR_MS, { attention: 'mine', ignored: true }),
    ],
    turns: [turn(3, 'critical', 'expired')],
  })
  expect(text).toContain('**Alerts are not about**: 🟠 2 critical, 🔴 2 expired')
  expect(text).toContain('🟠 Osmosis 07-tendermint-1 (tracks Cosmos Hub) · expires <t:')
  expect(text).toContain('Of clients that alerts are not about: 1 expired')
  expect(text).not.toContain('this week')
})

it('fits into one message however much there is, and says how much is left out', () => {
  const level = fc.constantFrom<Level>('warning', 'critical', 'expired', 'frozen', 'blind', 'low')
  fc.assert(
    fc.property(
      fc.nat(120),
      fc.nat(60),
      fc.array(level, { maxLength: 150 }),
      fc.string(),
      (n, m, levels, odd) => {
        const name = (index: number) => `${odd}${'Ω'.repeat(64)}${index}`
        const chains = Array.from({ length: m }, (_, index) =>
          aChain(`chain-${'x'.repeat(50)}-${index}`, name(index), index % 2 ? { origin: 'registry' } : {}),
        )
        const chainId = chains[0]?.chainId ?? 'osmosis-1'
        const clients = Array.from({ length: n }, (_, index) =>
          client(index, (index - n / 2) * HOUR_MS, {
            chainId,
            trackedChainId: name(index),
            attention: index % 3 ? 'live' : 'idle',
          }),
        )
        const world: World = {
          clients,
          open: levels.map((one, index) => ({
            identity: `ibc:${chainId}/07-tendermint-${index}`,
            state: state(one, index + 1, index % 4 ? {} : { toldLevel: null }),
          })),
          turns: clients.map(({ clientId }, index) => ({
            ...turn(0, 'critical', index % 2 ? 'expired' : 'frozen'),
            chainId,
            clientId,
          })),
          status: Object.fromEntries(
            chains.map((one) => [one.chainId, { state: 'blind', sinceMs: NOW, reason: 'x'.repeat(500) }]),
          ),
        }
        const { headline, embed } = digest(digestFacts(depsOf(world, chains), () => true, NOW))
        expect(headline.length).toBeLessThanOrEqual(400)
        expect(headline).not.toMatch(/[\n<]/)
        expect(embed.description!.length).toBeLessThanOrEqual(4096)
        for (const [, more] of embed.description!.matchAll(/^… and (\d+) more$/gm))
          expect(Number(more)).toBeGreaterThan(0)
      },
    ),
    { numRuns: 60 },
  )
})

it('counts each line that finds no room', () => {
  const clients = Array.from({ length: 100 }, (_, index) => client(index, HOUR_MS))
  const open = clients.map((_, index) => alert(index, 'critical', index + 1))
  const text = textAt({ clients, open })
  const shown = [...text.matchAll(/^#\d+ /gm)].length
  expect(shown).toBeGreaterThan(5)
  expect(text).toContain(`… and ${100 - shown} more`)
})

it('goes into the outbox as a message that tags nobody', () => {
  const message = digestMessage(digest(digestFacts(depsOf({}), () => true, NOW)), NOW)
  expect(message).toMatchObject({ group: null, mention: [], notice: { kind: 'digest', mention: false } })
})

it('as a command says the same', async () => {
  const world: World = { clients: [client(1, HOUR_MS)], open: [alert(1, 'critical', 41)] }
  const reply = await digestCommand(depsOf(world)).run({}, aCall())
  expect(textOf(reply)).toBe(textAt(world))
})

it('of some chains holds nothing of the others', () => {
  const world: World = {
    clients: [client(1, HOUR_MS), client(1, HOUR_MS, { chainId: 'cosmoshub-4' })],
    open: [
      alert(1, 'critical', 41),
      { identity: 'ibc:cosmoshub-4/07-tendermint-1', state: state('critical', 42) },
    ],
    turns: [turn(1, 'ok', 'critical'), turn(1, 'ok', 'critical', { chainId: 'cosmoshub-4' })],
  }
  const facts = digestFacts(depsOf(world), (chainId) => chainId === 'cosmoshub-4', NOW)
  const { headline, embed } = digest(facts)
  expect(headline).toMatch(/1 alert open .* this week 1 warned/)
  expect(embed.description).toContain('#42')
  expect(embed.description).not.toMatch(/#41|`osmosis-1`/)
})
