// How others watch the bot, in one world with every kind of alert: each metric that rules and dashboard name is there, and
// the ping comes while the bot is of use.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { servePings } from '../../sandbox/ping/server.ts'
import type { Level } from '../../src/alerts/types.ts'
import { DATABASE_FILE } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { strike } from '../support/strike.ts'
import { address } from '../support/wallets.ts'
import { closeWorlds, DAY, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

const PING = '/ping/0123456789abcdef012345/night'
const TOKEN = 'a-token-of-many-characters'
const KEY = 'a-key-in-the-path'
const PERIOD = 30 * DAY
const closes: (() => Promise<unknown>)[] = []
const disks: string[] = []

afterEach(async () => {
  for (const one of disks.splice(0)) spawnSync('umount', ['--lazy', one])
  await closeWorlds()
  await Promise.all(closes.splice(0).map((close) => close()))
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

/** `alpha-1` with five clients of `beta-1` in use; others that are to be blind, halted and unread; a wallet; a faucet. */
async function start(others: readonly string[] = [], prepare = (_directory: string): void => {}) {
  const port = await freePort()
  const pings = await servePings()
  closes.push(pings.close)
  const world = await startWorld({
    build(chains) {
      for (const chainId of ['alpha-1', 'beta-1', ...others]) chains.addChain({ chainId })
      for (const leftMs of [4 * DAY, 2 * DAY, 20 * MINUTE, 20 * DAY, 20 * DAY]) {
        const a = { ageMs: PERIOD - leftMs }
        chains.openConnection('alpha-1', 'beta-1', {
          trustingPeriodMs: PERIOD,
          a,
          b: { trustingPeriodMs: 1000 * DAY },
        })
      }
      for (const chainId of others) {
        const b = { trustingPeriodMs: 1000 * DAY }
        chains.openConnection(chainId, 'beta-1', { trustingPeriodMs: 1000 * DAY, b })
      }
      chains.chain('alpha-1').setBalance(address(1), 'uatom', 1_500_000n)
    },
    config: (base) => ({
      ...base,
      ops: { listen: `127.0.0.1:${port}`, token: 'METRICS_TOKEN', ping: { secret: 'PING_URL' } },
      faucet: {
        chain: 'ligate-devnet',
        channels: ['800000000000000001'],
        address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
        sender: { kind: 'internal-drip', url: 'http://127.0.0.1:1', token: 'FAUCET_TOKEN' },
      },
      chains: [
        ...(others.length > 0 ? [{ chainId: 'osmosis', rest: ['http://127.0.0.1:1'] }] : []),
        ...base.chains,
      ].map((chain) => {
        if (typeof chain === 'string' || chain.chainId !== 'alpha-1') return chain
        const token = { symbol: 'ATOM', denom: 'uatom', decimals: 6 }
        const [url] = chain.rest as string[]
        const wallets = [{ address: address(1), threshold: '2' }]
        return { ...chain, rest: [`${url}?key=${KEY}`], token, prefix: 'cosmos', wallets }
      }),
    }),
    app(world) {
      prepare(world.dataDirectory)
      Object.assign(world.secrets, {
        PING_URL: `${pings.url}${PING}`,
        METRICS_TOKEN: TOKEN,
        FAUCET_TOKEN: 'faucet-secret',
      })
      return {}
    },
  })
  const get = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    return [answer.status, await answer.text()]
  }
  await expect.poll(() => get('/healthz')).toEqual([200, 'ok\n'])
  const paths = () => pings.came.splice(0).map(({ method, path }) => `${method} ${path}`)
  return { world, pings, paths, get }
}

/** Puts a disk of 24 MB in the place of a directory; false where this user may not. */
function mountSmall(directory: string): boolean {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'none', directory]).status !== 0) return false
  disks.push(directory)
  return true
}

/** Brings about every kind of alert. */
async function everything(world: TestWorld): Promise<void> {
  strike(world, { html: 502 }, ['blind-1'])
  strike(world, { only: /ibc\/core\/client/, rewrite: () => '[]' }, ['unread-1'])
  world.chains.chain('halted-1').halt()
  world.chains.freeze('alpha-1', '07-tendermint-4')
  await world.sweep()
  await world.pass(21 * MINUTE)
  await world.sweep()
  await world.app.wallets.check()
  const { alerts } = world.app
  const dry = { ...alerts.openAlerts()[0]!.state, level: 'dry' as const, toldLevel: 'dry' as const }
  alerts.saveState('faucet:ligate-devnet', { ...dry, alertId: 9999 }, world.clock.now())
  await world.quiet()
}

/** Names of metrics in the rules and in the dashboard, with the labels that they are asked for by. */
function named(): { metric: string; labels: string[] }[] {
  const files = ['ops/prometheus-rules.yml', 'ops/grafana-dashboard.json'].map((file) =>
    readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').replaceAll('\\"', '"'),
  )
  return files.flatMap((file) =>
    [...file.matchAll(/\b((?:ibc_monitor|nodejs|process)_\w+)\b(?:\{([^}]*)\})?/g)].map(
      ([, metric, selector = '']) => ({
        metric: metric!,
        labels: [...selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)]
          .map(([, label]) => label!)
          .filter((one) => one !== 'job'),
      }),
    ),
  )
}

describe('with every kind of alert', () => {
  it('each metric that rules and dashboard name is there, with its labels, and no secret', async () => {
    const { world, get } = await start(['blind-1', 'halted-1', 'unread-1'])
    // Its id is another chain's name, and nobody answers which it is: it is not watched, and soon told of.
    expect(await get('/readyz')).toEqual([
      503,
      expect.stringContaining('osmosis was not seen since the start\n'),
    ])
    await everything(world)
    const [status, text] = await get('/metrics')
    expect(status).toBe(200)
    const lines = text.split('\n')
    const has = (metric: string, label?: string) =>
      lines.some((line) =>
        line.startsWith(`${metric}{`)
          ? !label || line.includes(`${label}="`)
          : !label && line.startsWith(`${metric} `),
      )
    const all = named()
    expect(all.length).toBeGreaterThan(60)
    const missing = all.filter(
      ({ metric, labels }) => !has(metric) || !labels.every((label) => has(metric, label)),
    )
    expect(missing).toEqual([])

    const docs = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const own = [...new Set(lines.flatMap((line) => /^(ibc_monitor_\w+)[{ ]/.exec(line)?.[1] ?? []))]
    expect(own.filter((metric) => !docs.includes(`\`${metric.replace('ibc_monitor_', '')}\``))).toEqual([])

    for (const level of [
      'warning',
      'critical',
      'expired',
      'frozen',
      'blind',
      'halted',
      'low',
      'dry',
    ] satisfies Level[])
      expect(
        lines.find((line) => line.startsWith('ibc_monitor_alerts_open') && line.includes(`level="${level}"`)),
      ).toMatch(/ [1-9]/)
    expect(text).toContain('ibc_monitor_wallet_balance{chain_id="alpha-1"')
    expect(text).toMatch(
      /client_status\{chain_id="alpha-1",client_id="07-tendermint-2",.*status="expired",severity="expired",attention="live"\} 1/,
    )
    expect(text).toMatch(/chain_readable\{chain_id="blind-1"\} 0\n/)
    expect(text).toMatch(/chain_clients_readable\{chain_id="unread-1"\} 0\n/)
    expect(text).toMatch(/chain_halted\{chain_id="halted-1"\} 1\n/)
    expect(text).toMatch(/endpoint_errors_total\{chain_id="blind-1",endpoint="127.0.0.1:\d+"\} [1-9]/)
    for (const secret of [KEY, TOKEN, PING, world.secrets.DISCORD_TOKEN!, 'a-webhook-token'])
      expect(text).not.toContain(secret)

    // 100 in a second cost one look.
    const hundred = await Promise.all(Array.from({ length: 100 }, () => get('/metrics')))
    expect(hundred.every(([status]) => status === 200)).toBe(true)
    // All of it is told, so the bot is ready, and of use.
    expect(await get('/readyz')).toEqual([200, 'ok\n'])
  })

  it('the ping comes while the bot is of use, and stops where it is not', async () => {
    const { world, paths, get } = await start()
    // What a look asks for comes over the wire, while the clock goes on.
    const each = async () => {
      await world.pass(MINUTE)
      return [...new Set(paths())]
    }
    const isMissed = async () => {
      await expect.poll(each, { timeout: 20_000 }).toEqual([`POST ${PING}/fail`])
      await world.pass(5 * MINUTE)
      expect(paths()).not.toContain(`GET ${PING}`)
    }
    const isSent = () => expect.poll(each, { timeout: 20_000 }).toEqual([`GET ${PING}`])
    await world.pass(11 * MINUTE)
    expect(paths()).toEqual([`POST ${PING}/start`, `GET ${PING}`, `GET ${PING}`, `GET ${PING}`])
    // Another program holds the file: the bot goes on from memory, and is not of use for long.
    const lock = openSqlite(join(world.dataDirectory, DATABASE_FILE))
    lock.exec('BEGIN EXCLUSIVE')
    await world.pass(MINUTE)
    expect((await get('/healthz'))[0]).toBe(503)
    await isMissed()
    lock.exec('ROLLBACK')
    lock.close()
    await isSent()

    // The connection stands, but no request comes through.
    const always = { times: Number.POSITIVE_INFINITY }
    world.server.faults.add('any', { kind: 'status', status: 502 }, always)
    await isMissed()
    expect(world.app.discord.status().state).toBe('ready')
    world.server.faults.clear()
    await isSent()

    // The bot's own account reaches the channel of a webhook that is gone; then it does not.
    world.discord.deleteWebhook(world.webhook.id)
    await isSent()
    await isSent()
    // It may read there, and not write.
    world.discord.denyBot(world.channelId, ['SEND_MESSAGES'])
    await expect.poll(each, { timeout: 20_000 }).toEqual([`POST ${PING}/fail`])
    world.discord.denyBot(world.channelId, [])
    await isSent()
    world.server.gateway.faults.refuseToken = true
    world.server.gateway.closeAll(4000)
    await isMissed()
    expect(await get('/healthz')).toEqual([200, 'ok\n'])
  })

  it('the ping stops within ten minutes when the disk is really full, and comes again when it is not', async ({
    skip,
  }) => {
    let isSmall = false
    const { world, paths } = await start([], (directory) => {
      isSmall = mountSmall(directory)
    })
    if (!isSmall) skip('only root can mount a small disk')
    await world.pass(11 * MINUTE)
    expect(paths()).toContain(`GET ${PING}`)
    // What the log of the database has room for is no want of any.
    world.app.database.sql.pragma('wal_checkpoint(TRUNCATE)')
    const full = join(world.dataDirectory, 'full')
    expect(() => writeFileSync(full, Buffer.alloc(32 * 2 ** 20))).toThrow('ENOSPC')
    await world.pass(10 * MINUTE)
    paths()
    await world.pass(10 * MINUTE)
    expect(paths()).not.toContain(`GET ${PING}`)
    rmSync(full)
    await world.pass(10 * MINUTE)
    expect(paths()).toContain(`GET ${PING}`)
  })
})
