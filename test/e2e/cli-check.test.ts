// `ibc-monitor check` as a process: the JSON object as it is promised, the exit codes, the choices.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeOutside, makeOutside, type Outside } from '../support/bot-process.ts'

const DAY = 86_400_000
const PERIOD = 14 * DAY

const rfc3339 = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/)
const text = z.string().min(1)

/** The object as the documentation shows it; nothing less and nothing more. */
const report = z.strictObject({
  takenAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  chains: z.array(
    z.strictObject({
      chainId: text,
      status: z.enum(['ok', 'halted', 'unreadable']),
      reason: text.nullable(),
      endpoint: z.string().nullable(),
      height: z.string().regex(/^\d+$/).nullable(),
      blockTime: rfc3339.nullable(),
      requests: z.int().min(0),
    }),
  ),
  clients: z.array(
    z.strictObject({
      hostChainId: text,
      clientId: text,
      clientType: text,
      trackedChainId: text.nullable(),
      connectionIds: z.array(text),
      status: z.enum(['active', 'expired', 'frozen', 'unauthorized', 'unknown', 'unreadable']),
      severity: z.enum(['ok', 'warning', 'critical', 'expired', 'frozen', 'unreadable']),
      attention: z.enum(['mine', 'live', 'idle']),
      lastUpdate: rfc3339.nullable(),
      trustingPeriodMs: z.number().nullable(),
      expiresAt: rfc3339.nullable(),
      elapsedShare: z.number().nullable(),
      reason: text.nullable(),
    }),
  ),
})

/** On `alpha-1` a healthy client, one in danger, an expired one, a frozen one, and strangers' that nobody uses. */
function build(chains: ChainWorld): void {
  chains.addChain({ chainId: 'alpha-1', version: 'v10' })
  chains.addChain({ chainId: 'beta-1' })
  for (const a of [
    { ageMs: 0.1 * PERIOD },
    { ageMs: 0.95 * PERIOD },
    { ageMs: 1.1 * PERIOD },
    { frozen: true },
  ]) {
    chains.openConnection('alpha-1', 'beta-1', {
      trustingPeriodMs: PERIOD,
      a,
      b: { trustingPeriodMs: 1000 * DAY },
    })
  }
  chains.createClient('beta-1', { tracks: 'gone-7', trustingPeriodMs: PERIOD, ageMs: 2 * PERIOD })
  chains.createClient('beta-1', { type: '08-wasm', status: 'Active' })
  chains.createClient('beta-1', { type: '06-solomachine' })
  chains.createClient('beta-1', { type: '77-martian', id: '77-martian-0', status: 'Active' })
}

let world: Outside

beforeEach(async () => {
  world = await makeOutside({ build })
})
afterEach(closeOutside)

const check = async (...args: string[]) => {
  const run = world.run('check', ...args)
  const code = await run.ended
  return { code, out: run.out(), err: run.err(), json: () => report.parse(JSON.parse(run.out())) }
}

describe('check', () => {
  it('--json prints one object of the promised shape, every client in it, and exits with 1 for an expired one', async () => {
    const { code, json, err } = await check('--json')
    const { chains, clients } = json()
    expect(err).toBe('')
    expect(code).toBe(1)
    expect(chains.map(({ chainId, status }) => [chainId, status])).toEqual([
      ['alpha-1', 'ok'],
      ['beta-1', 'ok'],
    ])
    expect(chains.every(({ requests, height, blockTime }) => requests > 3 && height && blockTime)).toBe(true)
    const verdicts = clients
      .filter(({ hostChainId }) => hostChainId === 'alpha-1')
      .map(({ clientId, status, severity, attention }) => [clientId, status, severity, attention].join(' '))
    expect(verdicts.sort()).toEqual([
      '07-tendermint-0 active ok live',
      '07-tendermint-1 active critical live',
      '07-tendermint-2 expired expired live',
      '07-tendermint-3 frozen frozen live',
    ])
    const endangered = clients.find(
      ({ clientId, hostChainId }) => hostChainId === 'alpha-1' && clientId === '07-tendermint-1',
    )!
    expect(endangered).toMatchObject({
      clientType: '07-tendermint',
      trackedChainId: 'beta-1',
      connectionIds: ['connection-1'],
      trustingPeriodMs: PERIOD,
      reason: null,
    })
    expect(endangered.elapsedShare).toBeGreaterThan(0.949)
    expect(endangered.elapsedShare).toBeLessThan(0.951)
    expect(Date.parse(endangered.expiresAt!) - Date.parse(endangered.lastUpdate!)).toBe(PERIOD)
    const others = clients.filter(({ hostChainId }) => hostChainId === 'beta-1')
    expect(others.map(({ clientId }) => clientId)).toEqual(
      expect.arrayContaining(['07-tendermint-4', '08-wasm-5', '06-solomachine-6', '77-martian-0']),
    )
    expect(others.find(({ clientId }) => clientId === '07-tendermint-4')).toMatchObject({
      status: 'expired',
      attention: 'idle',
      connectionIds: [],
    })
    // What is in danger comes first.
    expect(clients[0]).toMatchObject({ clientId: '07-tendermint-1', severity: 'critical' })
    expect(world.discord.messages(world.channelId)).toEqual([])
  })

  it('exits by --fail-on, and only for clients that alerts are about', async () => {
    const [never, stranger, one, critical] = await Promise.all([
      check('--fail-on', 'never'),
      // On beta-1 nothing but a stranger's client has expired.
      check('--chain', 'beta-1'),
      check('--client', '07-tendermint-1', '--chain', 'alpha-1', '--json'),
      check('--client', '07-tendermint-1', '--chain', 'alpha-1', '--fail-on', 'critical'),
    ])
    expect([never.code, stranger.code, one.code, critical.code]).toEqual([0, 0, 0, 1])
    expect(one.json().clients.map(({ clientId }) => clientId)).toEqual(['07-tendermint-1'])
  })

  it('says what cannot be read, reads the rest, and exits with 3 where nothing is worse', async () => {
    await world.endpoints.get('alpha-1')![0]!.stop()
    const { code, json } = await check('--json')
    expect(code).toBe(3)
    const { chains, clients } = json()
    expect(chains[0]).toMatchObject({ chainId: 'alpha-1', status: 'unreadable', height: null })
    expect(chains[0]!.reason).toContain('connection refused')
    expect(clients.map(({ hostChainId }) => hostChainId)).toContain('beta-1')
    const table = await check()
    expect(table.code).toBe(3)
    expect(table.out + table.err).toMatch(/⚫ alpha-1 unreadable: .*connection refused/)
  })

  it('reads the others where a chain is named that nobody can build: unreadable with its reason, never exit code 0', async () => {
    world.configure((config) => ({
      ...config,
      chains: ['left-the-registry', { chainId: 'no-rest-1' }, ...(config.chains as object[]).slice(1)],
    }))
    const [all, one, other, nobody] = await Promise.all([
      check('--json', '--fail-on', 'never'),
      check('--chain', 'left-the-registry', '--json'),
      check('--chain', 'beta-1', '--json'),
      check('--chain', 'nobody-knows-it'),
    ])
    const left = {
      chainId: 'left-the-registry',
      status: 'unreadable',
      endpoint: null,
      height: null,
      requests: 0,
    }
    expect(all.code).toBe(3)
    expect(all.json().chains).toMatchObject([
      { chainId: 'beta-1', status: 'ok' },
      { ...left, reason: expect.stringContaining('neither a name nor a chain id in the chain registry') },
      { chainId: 'no-rest-1', status: 'unreadable', reason: expect.stringContaining('no REST endpoint') },
    ])
    expect(all.json().clients.length).toBeGreaterThan(3)
    expect([one.code, one.json()]).toMatchObject([3, { chains: [left], clients: [] }])
    expect([other.code, other.json().chains.length]).toEqual([0, 1])
    expect([nobody.code, nobody.err]).toEqual([
      2,
      expect.stringContaining('Known: beta-1, left-the-registry'),
    ])
  })

  it('takes an object with endpoints for the chain that it says, or for the one in the registry that they serve', async () => {
    const served = await makeOutside({ build: (chains) => void chains.addChain({ chainId: 'agoric' }) })
    const other = await makeOutside({ build: (chains) => void chains.addChain({ chainId: 'osmosis-1' }) })
    const rest = (one: Outside) => [...one.endpoints.values()][0]!.map(({ url }) => url)
    world.configure((config) => ({
      ...config,
      chains: [
        { chainId: 'agoric', rest: rest(served) },
        { chainId: 'osmosis', rest: rest(other) },
        { chainId: 'arkeo', rest: ['http://127.0.0.1:1'] },
      ],
    }))
    const { code, json, err } = await check('--json')
    expect(code).toBe(3)
    expect(err).toMatch(
      /^🟡 chains\[1\]: "osmosis" is the name of osmosis-1 .*; write chainId: 'osmosis-1'$/m,
    )
    expect(json().chains.map(({ chainId, status }) => [chainId, status])).toEqual([
      ['agoric', 'ok'],
      ['osmosis-1', 'ok'],
      ['arkeo', 'unreadable'],
    ])
  })

  it('refuses what it does not know, with exit code 2 and a word on what there is', async () => {
    const [chain, severity, client] = await Promise.all([
      check('--chain', 'gamma-1'),
      check('--fail-on', 'sometimes'),
      check('--client', 'nonsense'),
    ])
    expect([chain.code, severity.code, client.code]).toEqual([2, 2, 2])
    expect(chain.err).toContain('Known: alpha-1, beta-1')
    expect(severity.err).toContain('critical')
    expect(client.err).toContain('not a client id')
  })

  it('--chain takes an exact chain id before another chain of that name, and asks where two are called so', async () => {
    world.configure((config) => ({
      ...config,
      chains: (config.chains as object[]).map((chain, index) => ({
        ...chain,
        name: ['Beta-1', 'Beta-1'][index],
      })),
    }))
    const [exact, shared] = await Promise.all([
      check('--chain', 'beta-1', '--json'),
      check('--chain', 'Beta-1', '--json'),
    ])
    expect(exact.json().chains.map(({ chainId }) => chainId)).toEqual(['beta-1'])
    expect(shared.code).toBe(2)
    expect(shared.err).toContain('Beta-1 may be Beta-1 (alpha-1) or Beta-1 (beta-1)')
  })

  it('is a table for people, what is in danger first, without colours where there is no terminal', async () => {
    const { code, out, err } = await check()
    expect(code).toBe(1)
    const table = out + err
    const rows = table.split('\n').filter((line) => line.includes('07-tendermint-'))
    expect(rows[0]).toMatch(/CRITICAL.*alpha-1.*07-tendermint-1.*beta-1.*95 %/)
    expect(table).not.toContain(String.fromCharCode(27))
    expect(table).toMatch(/clients on 2 chains/)
  })
})
