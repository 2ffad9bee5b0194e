// What `check` says of a chain that it could read only in part, of named clients, to a pipe that closes, and in a terminal.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { type ClientReport, tableText } from '../../src/cli/check-report.ts'
import { formatTimestampNs, parseDurationNs } from '../../src/kernel/nanotime.ts'
import { closeOutside, makeOutside, type Outside } from '../support/bot-process.ts'

afterEach(closeOutside)

const DAY = 86_400_000
const PERIOD = 14 * DAY

/** On `alpha-1` a client in use that has expired, and a stranger's that has too; `beta-1` has one client. */
function build(chains: ChainWorld): void {
  for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId, version: 'v10' })
  const b = { trustingPeriodMs: 1000 * DAY }
  chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs: 2 * PERIOD }, b })
  chains.createClient('alpha-1', { tracks: 'gone-7', trustingPeriodMs: PERIOD, ageMs: 2 * PERIOD })
}

async function check(world: Outside, ...args: string[]) {
  const run = world.run('check', '--json', ...args)
  const code = await run.ended
  const report = run.out() === '' ? null : JSON.parse(run.out())
  return { code, report, err: run.err(), clients: (report?.clients ?? []) as ClientReport[] }
}

describe('a chain of which something could not be read', () => {
  it('is exit code 3 and a reason, not silence', async () => {
    const world = await makeOutside({
      build,
      endpoints: { 'alpha-1': [{ only: /channel\/v1\/channels/, rewrite: () => '{}' }] },
    })
    const { code, report } = await check(world, '--fail-on', 'never')
    expect(code).toBe(3)
    expect(report.chains[0]).toMatchObject({
      status: 'ok',
      reason: expect.stringMatching(/^not all of it could be read: channels: /),
    })
    expect(report.chains[1]).toMatchObject({ status: 'ok', reason: null })
  })

  it('also where it is one of the named connections', async () => {
    const world = await makeOutside({ build })
    world.configure((config) => ({
      ...config,
      chains: (config.chains as object[]).map((chain) => ({
        ...chain,
        connections: ['connection-0', 'connection-99'],
      })),
    }))
    const { code, report } = await check(world, '--fail-on', 'never')
    expect(code).toBe(3)
    expect(report.chains[0].reason).toContain('connection-99')
  })
})

describe('--client', () => {
  it('says what surrounds the client, and fails only for one that alerts are about', async () => {
    const world = await makeOutside({ build })
    const [used, stranger, both] = await Promise.all([
      check(world, '--client', '07-tendermint-0', '--chain', 'alpha-1'),
      check(world, '--client', '07-tendermint-1', '--chain', 'alpha-1'),
      check(world, '--client', '07-tendermint-1', '--client', '07-tendermint-0'),
    ])
    expect(used.clients).toMatchObject([
      { clientId: '07-tendermint-0', connectionIds: ['connection-0'], attention: 'live', status: 'expired' },
    ])
    expect(stranger.clients).toMatchObject([
      { clientId: '07-tendermint-1', connectionIds: [], attention: 'idle', status: 'expired' },
    ])
    expect([used.code, stranger.code]).toEqual([1, 0])
    // `beta-1` has no 07-tendermint-1: that is no failure to read it.
    expect(both.clients.map(({ hostChainId, clientId }) => `${hostChainId} ${clientId}`).sort()).toEqual([
      'alpha-1 07-tendermint-0',
      'alpha-1 07-tendermint-1',
      'beta-1 07-tendermint-0',
    ])
  })

  it('that no chain has is a mistake in the command; not where a chain could not be asked', async () => {
    const world = await makeOutside({ build })
    const absent = await check(world, '--client', '07-tendermint-77')
    expect(absent.code).toBe(2)
    expect(absent.err).toContain('--client 07-tendermint-77: not on alpha-1, beta-1')
    await world.endpoints.get('beta-1')![0]!.stop()
    expect((await check(world, '--client', '07-tendermint-77')).code).toBe(3)
  })
})

describe('a reader that stops before the end', () => {
  it('gets no stack trace, and the exit code stays true', async () => {
    const world = await makeOutside({
      build(chains) {
        build(chains)
        for (let n = 0; n < 400; n++)
          chains.createClient('alpha-1', { tracks: 'gone-7', trustingPeriodMs: PERIOD })
      },
    })
    const { child, err } = world.run('check', '--json')
    const code = new Promise((resolve) => child.on('exit', resolve))
    child.stdout!.once('data', () => child.stdout!.destroy())
    expect(await code).toBe(1)
    expect(err()).toBe('')
  })
})

describe('.env', () => {
  it('may hold LOG_LEVEL too, and is refused with a word where it cannot be read', async () => {
    const world = await makeOutside({ build })
    writeFileSync(join(world.directory, '.env'), 'LOG_LEVEL=loud\n')
    const loud = await check(world)
    expect([loud.code, loud.err]).toEqual([2, expect.stringContaining('LOG_LEVEL=loud is not a level')])
  })

  it('may hold DISCORD_API_BASE', async () => {
    const world = await makeOutside({ build })
    const { DISCORD_API_BASE, ...rest } = world.env
    world.env = rest
    writeFileSync(join(world.directory, '.env'), `DISCORD_API_BASE=${DISCORD_API_BASE}\nLOG_LEVEL=silent\n`)
    const { child, err, ended } = world.run('start')
    await expect.poll(() => world.lines().length, { timeout: 100_000 }).toBeGreaterThan(0)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    // The first line for people, and no log.
    expect(err().trim().split('\n')).toHaveLength(1)
  })
})

describe('what a chain says of itself', () => {
  it('does not steer the terminal', () => {
    const evil = '\u001b[2J\u001b]0;x\u0007beta\n\u202e'
    const client = {
      hostChainId: 'alpha-1',
      clientId: `07-tendermint-0`,
      clientType: '07-tendermint',
      trackedChainId: evil,
      connectionIds: [evil],
      status: 'active',
      severity: 'ok',
      attention: 'live',
      lastUpdate: null,
      trustingPeriodMs: null,
      expiresAt: null,
      elapsedShare: null,
      reason: null,
    } satisfies ClientReport
    const chain = {
      chainId: 'alpha-1',
      status: 'unreadable' as const,
      reason: evil,
      endpoint: null,
      height: null,
      blockTime: null,
      requests: 1,
    }
    const text = tableText(
      { takenAt: '', chains: [chain], clients: [client] },
      { colour: false, nowMs: Date.UTC(2026, 10, 20) },
    )
    expect(text).toContain('beta')
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u)
  })

  it('says of a client that a halted chain has not judged yet that it can be saved', () => {
    const client = {
      hostChainId: 'alpha-1',
      clientId: '07-tendermint-0',
      clientType: '07-tendermint',
      trackedChainId: 'beta-1',
      connectionIds: [],
      status: 'active',
      severity: 'expired',
      attention: 'live',
      lastUpdate: null,
      trustingPeriodMs: null,
      expiresAt: '2026-11-20T09:00:00Z',
      elapsedShare: null,
      reason: null,
    } satisfies ClientReport
    const chain = {
      chainId: 'alpha-1',
      status: 'halted' as const,
      reason: 'no block for 2 h',
      endpoint: null,
      height: null,
      blockTime: '2026-11-20T08:00:00Z',
      requests: 1,
    }
    const nowMs = Date.UTC(2026, 10, 20, 10)
    const report = { takenAt: '', chains: [chain], clients: [client] }
    const text = tableText(report, { colour: false, nowMs })
    expect(text).toContain('OVERDUE')
    expect(text).toContain(
      '1 client on alpha-1 past the deadline by the clock; the chain has made no block since 2026-11-20T08:00:00Z. An update waiting in its mempool with a header from before then can still save it',
    )
    expect(text).toContain('1 client on 1 chain: 1 overdue\n')
    expect(text).not.toContain('EXPIRED')
    const makesBlocks = { ...report, chains: [{ ...chain, status: 'ok' as const }] }
    expect(tableText(makesBlocks, { colour: false, nowMs })).not.toContain('has made no block')
    const said = tableText(
      { ...report, clients: [{ ...client, status: 'expired' }] },
      { colour: false, nowMs },
    )
    expect(said).toContain('EXPIRED')
    expect(said).not.toContain('OVERDUE')
  })

  it('is written as RFC 3339 or not at all', () => {
    const ns = (ms: number) => BigInt(ms) * 1_000_000n
    expect(formatTimestampNs(ns(Date.UTC(9999, 11, 31, 23, 59, 59)))).toBe('9999-12-31T23:59:59Z')
    expect(formatTimestampNs(ns(Date.UTC(9999, 11, 31, 23, 59, 59)) + 1_000_000_000n)).toBeNull()
    expect(formatTimestampNs(-62_135_596_800n * 1_000_000_000n)).toBe('0001-01-01T00:00:00Z')
    expect(formatTimestampNs(-62_167_219_200n * 1_000_000_000n - 1n)).toBeNull()
    // What protobuf's Duration cannot hold is no duration; a deadline made of it would be no safe number.
    expect(parseDurationNs('999999999999s')).toBe(999_999_999_999n * 1_000_000_000n)
    expect(parseDurationNs('99999999999999999999s')).toBeNull()
  })
})
