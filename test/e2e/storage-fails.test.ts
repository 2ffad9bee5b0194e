// A database that cannot be written while the bot runs: it goes on from memory, loses nothing, and tells nothing twice.

import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { DATABASE_FILE } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { address } from '../support/wallets.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 30 * DAY

const pair = (ageMs = 0) =>
  startWorld({
    build(chains) {
      chains.addChain({ chainId: 'alpha-1' })
      chains.addChain({ chainId: 'beta-1' })
      for (let n = 0; n < 40; n++) {
        chains.openConnection('alpha-1', 'beta-1', {
          trustingPeriodMs: PERIOD,
          a: { ageMs: n === 0 ? ageMs : 0 },
          b: { trustingPeriodMs: 1000 * DAY },
        })
      }
    },
  })

/** The disk is full: not a page more than there are. */
function fill({ app }: TestWorld): () => void {
  const { sql } = app.database
  // Free pages inside the file would still be used.
  sql.exec('VACUUM')
  const before = sql.pragma('max_page_count', { simple: true })
  sql.pragma(`max_page_count = ${sql.pragma('page_count', { simple: true })}`)
  return () => void sql.pragma(`max_page_count = ${before}`)
}

const said = (world: TestWorld) => world.log.filter(({ level }) => level >= 50).map(({ msg }) => msg)

/** What the bot's own account has said. */
const own = (world: TestWorld) => world.answers().map(({ content }) => content)

describe('a full disk', () => {
  it('is said in the log; what is seen meanwhile is told, and not again when there is room', async () => {
    const world = await pair()
    await world.pass(2 * MINUTE)
    const free = fill(world)
    // Many clients become endangered at once: more than fits into what is left of the last pages.
    await world.leap(0.85 * PERIOD)
    await world.sweep()
    await world.pass(2 * MINUTE)
    expect(said(world).some((line) => /disk.*full/.test(line))).toBe(true)
    expect(world.log.filter(({ msg }) => /this is a bug/.test(msg))).toEqual([])
    const during = world.lines()
    expect(during.length).toBeGreaterThan(1)
    expect(own(world)).toEqual([
      expect.stringMatching(
        /^⚠️ My database has trouble since <t:\d+:R>\. The disk of .*monitor\.sqlite is full/,
      ),
    ])
    await world.pass(10 * MINUTE)
    free()
    await world.pass(3 * MINUTE)
    await world.sweep()
    await world.pass(2 * MINUTE)
    expect(world.lines()).toEqual(during)
    expect(own(world).slice(1)).toEqual(['🟢 over: my database can be written again, nothing is lost'])
    const alarms = world.posts().filter(({ mention_roles }) => mention_roles.length > 0)
    expect(alarms).toHaveLength(1)
    const all = JSON.stringify(world.posts())
    for (let n = 0; n < 40; n++) expect(all).toMatch(new RegExp(`07-tendermint-${n}\\b`))
    expect(world.app.delivery.status().waiting).toBe(0)
  })
})

describe('a database that another program holds', () => {
  it('holds up nothing: nothing is lost, nothing is told twice, and what was told is said to be over after a restart too', async () => {
    const world = await pair()
    const other = openSqlite(join(world.dataDirectory, DATABASE_FILE))
    other.exec('BEGIN IMMEDIATE')
    await world.leap(0.85 * PERIOD)
    await world.pass(2 * MINUTE)
    const during = world.lines()
    expect(during.length).toBeGreaterThan(1)
    expect(said(world).some((line) => /locked by another program/.test(line))).toBe(true)
    expect(world.log.filter(({ msg }) => /this is a bug/.test(msg))).toEqual([])
    other.exec('ROLLBACK')
    other.close()
    await world.restart()
    await world.pass(3 * MINUTE)
    expect(world.lines()).toEqual(during)
    expect(own(world)).toEqual([
      expect.stringMatching(/^⚠️ My database has trouble/),
      '🟢 over: my database can be written again, nothing is lost',
    ])
    expect(world.app.delivery.status().waiting).toBe(0)
  })
})

/** Tables that one part alone reads and writes. */
const PARTS = {
  faucet: ['drips', 'faucet_audit', 'faucet_bans', 'faucet_dms'],
  wallets: ['wallet_registrations', 'wallet_balances', 'wallets_unseen'],
  digest: ['digest_sent'],
  'the server of the commands': ['discord_guild'],
}

describe('a part that fails at all it does', () => {
  it('ends nothing else, running or at the start: faucet, wallets, digest, commands', async () => {
    const endangered = (ageMs: number) => (chains: ChainWorld) => {
      for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
      const b = { trustingPeriodMs: 1000 * DAY }
      chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs }, b })
    }
    const world = await makeWorld({
      build: endangered(0),
      config: (base) => ({
        ...base,
        schedule: { ...base.schedule, wallets: '* * * * *', digest: '0 * * * *' },
        chains: base.chains.map((chain) => ({
          ...(chain as object),
          wallets: [{ address: address(1), threshold: '1' }],
        })) as typeof base.chains,
        faucet: {
          chain: 'ligate-devnet',
          channels: ['900000000000000001'],
          address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
          sender: { kind: 'internal-drip', url: 'http://127.0.0.1:9', token: 'FAUCET_TOKEN' },
        },
      }),
    })
    world.secrets.FAUCET_TOKEN = 'a-faucet-token'
    await world.restart()
    const { sql } = world.app.database
    const kept = sql.prepare("SELECT sql FROM sqlite_schema WHERE name = 'discord_guild'").pluck().get()
    sql.pragma('foreign_keys = OFF')
    for (const table of Object.values(PARTS).flat()) sql.exec(`DROP TABLE ${table}`)
    world.discord.say(world.ann, world.channelId, '$wallets')
    world.discord.removeMember(world.discord.bot.id)
    world.discord.inviteBot()
    await world.leap(0.81 * PERIOD)
    await world.pass(2 * MINUTE)
    expect(world.news()).toContainEqual(expect.stringMatching(/^🟡 .* alpha-1 07-tendermint-0/))
    // What is read while everything is put together is no part of its own.
    sql.exec(String(kept))
    await world.restart()
    await world.leap(0.1 * PERIOD)
    await world.pass(2 * MINUTE)
    const alarms = world.news()
    expect(alarms).toContainEqual(expect.stringMatching(/^🟠 .* alpha-1 07-tendermint-0/))
    const failed = new Set(world.log.filter(({ level }) => level >= 50).map(({ msg }) => msg))
    expect([...failed]).toEqual(
      expect.arrayContaining([
        'a job failed: this is a bug',
        'the check of all wallets failed: this is a bug',
        'the faucet could not use its database',
      ]),
    )
  })
})
