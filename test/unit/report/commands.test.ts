// What `data`, `client`, `alerts` and `status` answer: order, filters, pages, ages, and refusals that help.
import { describe, expect, it } from 'vitest'
import type { AlertState, Level } from '../../../src/alerts/types.ts'
import type { ChainStatus } from '../../../src/clients/chain-status.ts'
import { clientCommand } from '../../../src/clients/commands/client.ts'
import type { ClientCommandDeps } from '../../../src/clients/commands/deps.ts'
import type { ClientRow, HistoryRow } from '../../../src/clients/types.ts'
import { splitArgs } from '../../../src/discord/arguments.ts'
import type { Call, Command } from '../../../src/discord/command.ts'
import { createRegistry } from '../../../src/discord/registry.ts'
import { toPayloads } from '../../../src/discord/reply.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { Refusal } from '../../../src/kernel/errors.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { type BotStatus, type OverviewDeps, reportCommands } from '../../../src/report/commands/index.ts'
import { aCall, aClient, aDirectory, NOW, textOf, theOtherEnd } from '../../support/client-rows.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

const OK: ChainStatus = {
  state: 'ok',
  sinceMs: null,
  reason: null,
  readMs: NOW - 4 * MINUTE_MS,
  sweep: {
    startedMs: NOW - 5 * MINUTE_MS,
    finishedMs: NOW - 4 * MINUTE_MS,
    clients: 1034,
    unreadable: 0,
    requests: 1201,
    gaps: [],
    error: null,
  },
  endpoints: [],
}

const BOT: BotStatus = {
  version: '0.1.0',
  startedMs: NOW - 3 * HOUR_MS,
  webhooks: [
    {
      name: 'DISCORD_WEBHOOK_URL',
      waiting: 0,
      oldestMs: null,
      goneSinceMs: null,
      goneReason: null,
      lastError: null,
    },
  ],
  discordProblem: null,
  logProblem: null,
  database: { path: 'data/monitor.sqlite', bytes: 5 * 1024 * 1024 },
}

interface World {
  clients?: ClientRow[]
  history?: HistoryRow[]
  open?: { identity: string; state: AlertState }[]
  status?: Record<string, Partial<ChainStatus>>
  bot?: Partial<BotStatus>
  ibcGoMajor?: ClientCommandDeps['ibcGoMajor']
}

function commandsOf(world: World): Command[] {
  const rows = world.clients ?? []
  const deps: OverviewDeps & ClientCommandDeps = {
    directory: aDirectory(),
    store: {
      client: (chainId, clientId) =>
        rows.find((row) => row.chainId === chainId && row.clientId === clientId) ?? null,
      clients: (chainId) => rows.filter((row) => chainId === undefined || row.chainId === chainId),
      history: (_chain, _client, limit) => (world.history ?? []).slice(0, limit),
      turns: () => [],
    },
    openAlerts: () => world.open ?? [],
    chainOf: () => null,
    chainStatus: (chainId) => ({ ...OK, ...world.status?.[chainId] }),
    botStatus: () => ({ ...BOT, ...world.bot }),
    ibcGoMajor: world.ibcGoMajor,
  }
  return [...reportCommands(deps), clientCommand(deps) as Command]
}

function run(world: World, name: string, args: object = {}, call: Partial<Call> = {}) {
  return commandsOf(world)
    .find((command) => command.name === name)!
    .run(args, aCall(call))
}

const client = (id: string, leftMs: number, more: Partial<ClientRow> = {}) =>
  aClient({ clientId: id, ...more }, NOW + leftMs)

/** Ids of the clients in an answer, in their order. */
const idsIn = (text: string) => [...text.matchAll(/`(\d+-[a-z]+-\d+)`/g)].map((match) => match[1])

async function refusal(answer: Promise<unknown>): Promise<string> {
  const error = await answer.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Refusal)
  return (error as Refusal).message
}

it('breaks none of Discord’s rules for commands', () => {
  const registry = createRegistry(commandsOf({}))
  expect(registry.commands.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['data', 'client', 'alerts', 'digest', 'status']),
  )
})

describe('data', () => {
  const clients = [
    client('07-tendermint-1', 10 * DAY_MS),
    client('07-tendermint-2', 2 * DAY_MS),
    client('07-tendermint-3', 9 * MINUTE_MS),
    client('07-tendermint-4', -3 * DAY_MS, { status: 'expired' }),
    client('07-tendermint-5', -DAY_MS, { status: 'expired' }),
    client('07-tendermint-6', 2.5 * DAY_MS, { attention: 'idle' }),
    client('07-tendermint-7', 5 * DAY_MS, { status: 'frozen', frozen: true }),
    client('07-tendermint-8', DAY_MS, { readMs: null, reason: 'lcd-a: 500' }),
    client('09-localhost-0', 0, {
      rule: 'flag',
      expiresNs: null,
      lastUpdateNs: null,
      trustingPeriodNs: null,
    }),
  ]

  it('puts what an update still saves first, by deadline, then what only governance does, then the rest', async () => {
    const text = textOf(await run({ clients }, 'data', { chain: 'osmosis' }))
    expect(idsIn(text)).toEqual([
      '07-tendermint-3',
      '07-tendermint-2',
      '07-tendermint-8',
      '07-tendermint-5',
      '07-tendermint-4',
      '07-tendermint-7',
      '07-tendermint-1',
      '09-localhost-0',
    ])
    const lines = text.split('\n')
    expect(lines[0]).toBe(`**Osmosis**: 9 clients, 6 need attention · read ${t(NOW - 4 * MINUTE_MS)}`)
    expect(lines[1]).toBe(
      `**Osmosis** \`osmosis-1\`: 🔴 1 critical, 🟡 1 warning, 🔴 2 expired, 🧊 1 frozen, ⚫ 1 unreadable, 🟢 2 ok · ⚪ 1 that alerts are not about: 1 warning · read ${t(NOW - 4 * MINUTE_MS)}`,
    )
    expect(text).toContain('**Needs attention** (6)')
    expect(text).toContain('**The rest**')
    expect(text).toContain(`🔴 \`07-tendermint-3\` → Cosmos Hub · expires ${t(NOW + 9 * MINUTE_MS)} · 99 %`)
    expect(text).toContain(`🔴 \`07-tendermint-5\` → Cosmos Hub · **expired** ${t(NOW - DAY_MS)}`)
    expect(text).toContain('cannot be read: `lcd-a: 500`')
    expect(text).toContain('🟢 `09-localhost-0` → Cosmos Hub · does not expire')
  })

  it('judges at this moment, not by the severity that is stored', async () => {
    const stale = { severity: 'ok', status: 'active' } as const
    const text = textOf(await run({ clients: [client('07-tendermint-1', HOUR_MS, stale)] }, 'data'))
    expect(text).toContain('🔴 1 critical')
    const later = await run(
      { clients: [client('07-tendermint-1', HOUR_MS, stale)] },
      'data',
      {},
      { nowMs: NOW + HOUR_MS },
    )
    expect(textOf(later)).toContain('⚫ 1 may have expired')
  })

  it.each([
    ['ok', ['07-tendermint-1', '09-localhost-0']],
    ['warning', ['07-tendermint-2', '07-tendermint-6']],
    ['critical', ['07-tendermint-3']],
    ['expired', ['07-tendermint-5', '07-tendermint-4']],
    ['frozen', ['07-tendermint-7']],
    ['unreadable', ['07-tendermint-8']],
    ['idle', ['07-tendermint-6']],
    ['mine', []],
    ['other', ['07-tendermint-6']],
    [
      'active',
      ['07-tendermint-3', '07-tendermint-2', '07-tendermint-6', '07-tendermint-1', '09-localhost-0'],
    ],
  ])('filters: %s', async (status, ids) => {
    expect(idsIn(textOf(await run({ clients }, 'data', { status })))).toEqual(ids)
  })

  it('takes a status alone for a status, in the prefix form', () => {
    const data = commandsOf({}).find(({ name }) => name === 'data')!
    const show = (command: string) => `$${command}`
    expect(splitArgs(data, 'expired', show)).toEqual({ status: 'expired' })
    expect(splitArgs(data, 'osmosis expired', show)).toEqual({ chain: 'osmosis', status: 'expired' })
  })

  describe('clients that alerts are not about', () => {
    const idle = { attention: 'idle' } as const
    const dead = { ...idle, status: 'expired' } as const

    it.each([
      ['an expired one of a stranger', dead, -DAY_MS, '1 expired'],
      ['a frozen one', { ...idle, status: 'frozen', frozen: true } as const, DAY_MS, '1 frozen'],
      ['one in danger', idle, HOUR_MS, '1 critical'],
      ['one that is well', idle, 13 * DAY_MS, '1 ok'],
      ['one that is ignored', { ignored: true, status: 'expired' } as const, -DAY_MS, '1 expired'],
    ])('counts in one line, without an alarming sign: %s', async (_, more, leftMs, counted) => {
      const world = {
        clients: [client('07-tendermint-1', 13 * DAY_MS), client('07-tendermint-2', leftMs, more)],
      }
      const text = textOf(await run(world, 'data', { chain: 'osmosis' }))
      expect(text).not.toMatch(/🔴|🟡|🧊/u)
      expect(idsIn(text)).toEqual(['07-tendermint-1'])
      expect(text).toContain(`\`osmosis-1\`: 🟢 1 ok · ⚪ 1 that alerts are not about: ${counted}`)
      const [line = ''] = text.split('\n').slice(-1)
      expect(line).toBe(`⚪ 1 that alerts are not about: ${counted}: \`$data osmosis other\``)
      expect(idsIn(textOf(await run(world, 'data', { status: 'other' })))).toEqual(['07-tendermint-2'])
      if (counted === '1 expired')
        expect(idsIn(textOf(await run(world, 'data', { status: 'expired' })))).toEqual(['07-tendermint-2'])
    })

    it.each([
      ['a live one that is expired', { status: 'expired' } as const, -DAY_MS],
      ['one of mine', { attention: 'mine', status: 'expired' } as const, -DAY_MS],
      ['an idle one that cannot be read', { ...idle, readMs: null, reason: 'lcd-a: 500' }, DAY_MS],
      ['an idle one that cannot be read any more', { ...idle, unseenSinceMs: NOW - 1 }, 13 * DAY_MS],
    ])('never hides %s', async (_, more, leftMs) => {
      const text = textOf(await run({ clients: [client('07-tendermint-2', leftMs, more)] }, 'data'))
      expect(idsIn(text)).toEqual(['07-tendermint-2'])
      expect(text).not.toContain('⚪')
    })

    it('has the line where there is nothing else', async () => {
      const text = textOf(await run({ clients: [client('07-tendermint-2', -DAY_MS, dead)] }, 'data'))
      expect(text).toContain('`osmosis-1`: ⚪ 1 that alerts are not about: 1 expired')
      expect(text.split('\n')[0]).toMatch(/^\*\*all chains\*\*: 1 client, 0 need attention/)
    })
  })

  it('finds a chain by any of its names', async () => {
    for (const chain of ['osmosis-1', 'OSMOSIS', 'Osmosis', 'osmosis 1'])
      expect(textOf(await run({ clients }, 'data', { chain }))).toContain('**Osmosis**: 9 clients')
    expect(textOf(await run({ clients }, 'data', { chain: 'cosmos hub' }))).toContain(
      '**Cosmos Hub**: 0 clients',
    )
  })

  it('says what was probably meant by a chain that is not there', async () => {
    expect(await refusal(run({ clients }, 'data', { chain: 'osmosys' }))).toMatch(
      /^There is no chain `osmosys`\. Did you mean `osmosis-1` \(Osmosis\)\?/,
    )
    const message = await refusal(run({ clients }, 'data', { chain: '@everyone <@1>' }))
    expect(message).toMatch(/The chains are `osmosis-1` \(Osmosis\), `cosmoshub-4` \(Cosmos Hub\)\./)
    expect(message).toContain('`expired`')
    expect(message.replace(/`[^`]*`/g, '')).not.toContain('@')
  })

  it('says what is wrong with a chain as a whole, and how old its readings are', async () => {
    const status = {
      'osmosis-1': {
        state: 'blind',
        sinceMs: NOW - 14 * MINUTE_MS,
        reason: 'lcd-a: time-out',
        readMs: NOW - 3 * HOUR_MS,
      },
      'cosmoshub-4': { state: 'halted', sinceMs: NOW - 25 * MINUTE_MS },
    } as const
    const unseen = client('07-tendermint-1', DAY_MS, { unseenSinceMs: NOW - 1, readMs: NOW - 3 * HOUR_MS })
    const text = textOf(await run({ clients: [unseen], status }, 'data'))
    expect(text).toContain(`⚫ **BLIND 14 min**: \`lcd-a: time-out\``)
    expect(text).toContain('⏸ **HALTED 25 min**')
    expect(text.split('\n')[0]).toContain(`read ${t(NOW - 3 * HOUR_MS)}`)
    expect(text).toContain(`⚫ by the reading ${t(NOW - 3 * HOUR_MS)}`)
    expect(
      idsIn(textOf(await run({ clients: [unseen], status }, 'data', { status: 'unreadable' }))),
    ).toHaveLength(1)
  })

  it('says when a chain was not read yet', async () => {
    const status = { 'osmosis-1': { state: 'not-read', readMs: null, sweep: null } } as const
    expect(textOf(await run({ status }, 'data')).split('\n')[0]).toContain(', 1 chain not yet')
    expect(textOf(await run({ status }, 'data', { chain: 'osmosis' }))).toContain('not read yet')
  })

  it('pages through thousands: every client once, in the same order, quickly', async () => {
    const many = Array.from({ length: 6000 }, (_, i) =>
      client(`07-tendermint-${i}`, ((i * 7919) % 6000) * 3 * MINUTE_MS, {
        attention: i % 3 ? 'idle' : 'live',
      }),
    )
    const first = await run({ clients: many }, 'data')
    const count = first.page!.count
    expect(count).toBe(167)
    const before = process.cpuUsage()
    const pages = await Promise.all(
      [0, 1, 100, count - 2].map((page) => run({ clients: many }, 'data', {}, { page })),
    )
    // This process's own work, not what else the machine does.
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000 / pages.length).toBeLessThan(500)
    for (const [i, page] of pages.entries()) {
      expect(idsIn(textOf(page))).toHaveLength(12)
      expect(toPayloads(page), `page ${i}`).toHaveLength(1)
      expect(textOf(page)).toContain('read <t:')
    }
    const beyond = await run({ clients: many }, 'data', {}, { page: 9999 })
    expect(beyond.page).toEqual({ index: 166, count: 167 })
    const few = many.slice(0, 100)
    const all = await Promise.all(
      [...Array(3).keys()].map((page) => run({ clients: few }, 'data', {}, { page })),
    )
    expect(new Set(all.flatMap((page) => idsIn(textOf(page)))).size).toBe(34)
    const others = await Promise.all(
      [...Array(6).keys()].map((page) => run({ clients: few }, 'data', { status: 'other' }, { page })),
    )
    expect(new Set(others.flatMap((page) => idsIn(textOf(page)))).size).toBe(66)
  })
})

describe('client', () => {
  const row = aClient()
  const clients = [row, theOtherEnd(9.5 * DAY_MS), aClient({ clientId: '07-tendermint-9' })]

  it('shows the verdict, both ends, and the command that updates it', async () => {
    const text = textOf(await run({ clients }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain('🟡 Osmosis 07-tendermint-1 (tracks Cosmos Hub)')
    expect(text).toContain('**warning**, 67 h left: expires ')
    expect(text).toContain('80 % of 14 d used')
    expect(text).toContain('Latest height 4-28104233')
    expect(text).toContain('Trusting period 14 d')
    expect(text).toContain('Connections: connection-1')
    expect(text).toContain('3 open channels: channel-0, channel-4, channel-9')
    expect(text).toContain('🟢 Cosmos Hub `07-tendermint-259` (connection-257): **ok**, 9 d left')
    expect(text).toContain('hermes update client --host-chain osmosis-1 --client 07-tendermint-1')
    expect(text).toContain('`rly transact update-clients <path name>`')
    expect(text).toContain(`Read ${t(NOW - 1000)} from lcd-a.example.org`)
    expect(text).not.toContain('recover-client')
  })

  it('shows what governance needs when it is past saving, for the version of the chain', async () => {
    const dead = aClient({ status: 'expired' }, NOW - DAY_MS)
    const recent = await run({ clients: [dead], ibcGoMajor: async () => 8 }, 'client', {
      client: dead.clientId,
    })
    expect(textOf(recent)).toContain('osmosisd tx ibc client recover-client 07-tendermint-1 <substitute>')
    expect(textOf(recent)).not.toContain('submit-legacy-proposal')
    const old = await run({ clients: [dead], ibcGoMajor: async () => 7 }, 'client', { client: dead.clientId })
    expect(textOf(old)).toContain('submit-legacy-proposal update-client 07-tendermint-1 <substitute>')
    const down = async () => Promise.reject(new Error('no endpoint'))
    const unknown = await run({ clients: [dead], ibcGoMajor: down }, 'client', { client: dead.clientId })
    expect(textOf(unknown)).toContain('# ibc-go v8 and later')
    expect(textOf(unknown)).not.toContain('hermes update')
  })

  it('shows what changed, the latest first', async () => {
    const at = (hours: number, more: Partial<HistoryRow> = {}): HistoryRow => ({
      ...row,
      atMs: NOW - hours * HOUR_MS,
      ...more,
    })
    const before = { latestHeight: { revision: 4n, height: 1n }, lastUpdateNs: msToNs(NOW - 20 * DAY_MS) }
    const history = [at(1, { severity: 'warning' }), at(5), at(9, { ...before, severity: 'critical' })]
    const text = textOf(await run({ clients, history }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain(
      [
        `${t(NOW - HOUR_MS, 'f')} 🟡 warning`,
        `${t(NOW - 5 * HOUR_MS, 'f')} 🟢 ok · updated to 4-28104233`,
        `${t(NOW - 9 * HOUR_MS, 'f')} 🔴 critical`,
      ].join('\n'),
    )
  })

  it('says when the other end is not watched, and when it cannot be read itself', async () => {
    const alone = aClient({ unseenSinceMs: NOW - HOUR_MS, reason: 'lcd-a: 500' })
    const text = textOf(await run({ clients: [alone] }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain('⚪ Cosmos Hub `07-tendermint-259` (connection-257): not watched, not read yet')
    expect(text).toContain(`⚫ It cannot be read since ${t(NOW - HOUR_MS)}: \`lcd-a: 500\``)
    const far = [{ chainId: 'juno-1', clientId: '07-tendermint-5', connectionId: 'connection-3' }]
    const unknown = textOf(
      await run({ clients: [aClient({ farEnds: far })] }, 'client', { client: '07-tendermint-1' }),
    )
    expect(unknown).toContain(
      '⚪ juno-1 `07-tendermint-5` (connection-3): not watched, this chain is not in the configuration',
    )
  })

  it('lists the choices, as commands to type, where an id is there on several chains', async () => {
    const twice = [aClient(), aClient({ chainId: 'cosmoshub-4', trackedChainId: 'osmosis-1' })]
    const message = await refusal(run({ clients: twice }, 'client', { client: '07-TENDERMINT-1' }))
    expect(message.split('\n')).toEqual([
      '`07-TENDERMINT-1` is there on 2 chains. Say which one:',
      '`$client 07-tendermint-1 osmosis-1` Osmosis 07-tendermint-1 (tracks Cosmos Hub)',
      '`$client 07-tendermint-1 cosmoshub-4` Cosmos Hub 07-tendermint-1 (tracks Osmosis)',
    ])
    for (const args of [
      { client: '07-tendermint-1', chain: 'Cosmos Hub' },
      { client: 'cosmoshub', chain: '07-tendermint-1' },
      { client: 'cosmoshub-4/07-tendermint-1' },
      { client: 'cosmoshub/07-tendermint-1' },
    ]) {
      expect(textOf(await run({ clients: twice }, 'client', args))).toContain('Cosmos Hub 07-tendermint-1')
    }
  })

  it('names the nearest clients where there is no such one', async () => {
    const message = await refusal(
      run({ clients }, 'client', { client: '07-tendermint-99 @everyone', chain: 'osmosis' }),
    )
    expect(message).toContain('There is no client `07-tendermint-99 @everyone` on Osmosis. The nearest:')
    expect(message).toContain('`$client 07-tendermint-9 osmosis-1`')
    expect(message).toContain('`$data osmosis-1` lists all.')
    expect(message).not.toContain('07-tendermint-259')
    expect(await refusal(run({ clients: [] }, 'client', { client: '07-tendermint-1' }))).toContain(
      'See `$status`.',
    )
    expect(await refusal(run({ clients }, 'client', { client: 'x', chain: 'cosmoshub-5' }))).toContain(
      'Did you mean `cosmoshub-4` (Cosmos Hub)?',
    )
  })

  it('completes ids so that they are unambiguous', () => {
    const command = commandsOf({ clients }).find(({ name }) => name === 'client')!
    const offered = command.args[0]!.complete!('tendermint-2')
    expect(offered).toEqual([
      { name: 'Cosmos Hub 07-tendermint-259 (tracks Osmosis)', value: 'cosmoshub-4/07-tendermint-259' },
    ])
    expect(command.args[1]!.complete!('hub')).toEqual([
      { name: 'Cosmos Hub (cosmoshub-4)', value: 'cosmoshub-4' },
    ])
  })
})

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
      `#4 🔴 **critical** Osmosis 07-tendermint-2 (tracks Cosmos Hub) · expires ${t(NOW + HOUR_MS)} · open since ${t(NOW - 2 * HOUR_MS)} · <@77> has it until ${t(NOW + HOUR_MS)}`,
    )
    expect(textOf(reply)).toContain('#6 🟡 **low** `wallet:@everyone`')
    expect(lines.at(-2)).toBe('**Past saving when first seen, not alarmed**')
    expect(reply.mentions).toBeUndefined()
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

describe('status', () => {
  it('tells version, uptime, queue, database, and each chain’s last sweep', async () => {
    const text = textOf(await run({}, 'status'))
    expect(text).toContain('ibc-monitor 0.1.0, running for 3 h')
    expect(text).toContain('To Discord: nothing waits')
    expect(text).toContain('Database `data/monitor.sqlite`, 5.0 MiB')
    expect(text).toContain(
      `🟢 **Osmosis**: swept ${t(NOW - 4 * MINUTE_MS)} in 60 s, 1,034 clients, 1,201 requests`,
    )
    expect(text).not.toContain('What is wrong')
  })

  it('puts what is wrong first, each with what mends it', async () => {
    const gone = {
      name: 'DISCORD_WEBHOOK_URL',
      waiting: 3,
      oldestMs: NOW - HOUR_MS,
      goneSinceMs: NOW - HOUR_MS,
      goneReason: '404 Unknown Webhook',
      lastError: null,
    }
    const bot = { discordProblem: 'Switch on the Message Content intent', webhooks: [gone] }
    const text = textOf(await run({ bot }, 'status'))
    expect(text.split('\n').slice(0, 3)).toEqual([
      'What is wrong',
      '🔴 Discord: Switch on the Message Content intent',
      "🔴 Webhook `DISCORD_WEBHOOK_URL` is gone for 60 min (`404 Unknown Webhook`); 3 kept. Make a new one in the channel's settings and put its URL into `DISCORD_WEBHOOK_URL`.",
    ])
    expect(text).toContain(`To Discord: 3 wait, the oldest since ${t(NOW - HOUR_MS)}`)
  })

  it('puts chains that it cannot read first, with what each endpoint says', async () => {
    const failing = { height: null, timeNs: null, latencyMs: null, requestsPerSecond: 1 }
    const status: World['status'] = {
      'cosmoshub-4': {
        state: 'blind',
        sinceMs: NOW - 14 * MINUTE_MS,
        reason: 'none answers',
        sweep: { ...OK.sweep!, error: 'no endpoint is usable', gaps: ['channels: 500'], unreadable: 2 },
        endpoints: [
          { ...failing, name: 'lcd-a.example.org', state: 'failing', reason: 'time-out' },
          { ...failing, name: 'lcd-b.example.org', state: 'fresh', reason: null },
        ],
      },
    }
    const text = textOf(await run({ status }, 'status'))
    expect(text).toContain('⚫ 1 of 2 chains cannot be read')
    expect(text.indexOf('**Cosmos Hub**')).toBeLessThan(text.indexOf('**Osmosis**'))
    expect(text).toContain('⚫ **Cosmos Hub**: ⚫ **BLIND 14 min**: `none answers`')
    expect(text).toContain('last sweep failed: `no endpoint is usable`')
    expect(text).toContain('2 clients could not be read')
    expect(text).toContain('not listed: `channels: 500`')
    expect(text).toContain('lcd-a.example.org: `time-out`')
    expect(text).not.toMatch(/secret|lcd-b/)
  })

  it('says that a sweep is under way, or that there was none', async () => {
    const running = { ...OK.sweep!, finishedMs: null, startedMs: NOW - 30_000 }
    const status: World['status'] = {
      'osmosis-1': { sweep: running },
      'cosmoshub-4': { state: 'not-read', sweep: null, readMs: null },
    }
    const text = textOf(await run({ status }, 'status'))
    expect(text).toContain('**Osmosis**: being swept for 30 s')
    expect(text).toContain('⚪ **Cosmos Hub**: not swept yet')
  })
})

it('shows names that others made up without live mentions, links or markup, within Discord’s limits', async () => {
  const evil = '@everyone `x` <@1> [x](https://evil.example) **b** ||s|| \u202e\n'.repeat(60).trim()
  const row = aClient({
    clientId: evil,
    clientType: evil,
    trackedChainId: evil,
    reason: evil,
    endpoint: evil,
    unseenSinceMs: NOW,
    connectionIds: Array.from({ length: 200 }, () => evil),
    openChannels: Array.from({ length: 200 }, () => evil),
    farEnds: Array.from({ length: 200 }, () => ({ chainId: evil, clientId: evil, connectionId: evil })),
    trustingPeriodNs: 10n ** 40n,
    expiresNs: 10n ** 40n,
  })
  const state: AlertState = {
    level: 'warning',
    sinceMs: NOW,
    alertId: 1,
    raisedMs: NOW,
    toldLevel: 'warning',
    lastNoticeMs: NOW,
    leftAtNoticeMs: null,
    mentioned: true,
    ack: null,
  }
  const statuses = ['active', 'expired', 'frozen', 'unauthorized', 'unreadable'] as const
  const bad: Partial<ChainStatus> = {
    state: 'blind',
    reason: evil,
    sweep: { ...OK.sweep!, error: evil, gaps: [evil, evil], unreadable: 3 },
    endpoints: Array.from({ length: 20 }, () => ({
      name: evil,
      state: 'failing' as const,
      reason: evil,
      height: null,
      timeNs: null,
      latencyMs: null,
      requestsPerSecond: 1,
    })),
  }
  const webhook = {
    name: evil,
    waiting: 1,
    oldestMs: 0,
    goneSinceMs: null,
    goneReason: evil,
    lastError: evil,
  }
  for (const status of statuses) {
    const clients = Array.from({ length: 12 }, () => ({ ...row, status, frozen: status === 'frozen' }))
    const world: World = {
      clients,
      open: Array.from({ length: 12 }, () => ({ identity: `ibc:osmosis-1/${evil}`, state })),
      status: { 'osmosis-1': bad, 'cosmoshub-4': bad },
      bot: { discordProblem: evil, webhooks: [webhook, { ...webhook, goneSinceMs: 0 }] },
      history: Array.from({ length: 8 }, () => ({ ...row, status, atMs: NOW })),
    }
    const replies = await Promise.all([
      run(world, 'data'),
      run(world, 'client', { client: evil, chain: 'osmosis' }),
      run(world, 'client', { client: `${evil}!` }).catch((error: Error) => ({ text: error.message })),
      run(world, 'alerts'),
      run(world, 'status'),
    ])
    for (const reply of replies) {
      for (const payload of toPayloads(reply)) expect(payload.content.length).toBeLessThanOrEqual(2000)
      const outside = textOf(reply)
        .replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
        .replace(/<t:-?\d+:[Rf]>/g, '')
        // A mark behind a backslash is shown as it is.
        .replace(/\\[^\w\s]/g, '')
      expect(outside).not.toMatch(/[@<>[\]|]|https?:\/\/|\u202e|NaN|undefined/)
    }
  }
})
