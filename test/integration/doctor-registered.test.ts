// The doctor's look at chains that were added from the channel, beside a bot that holds the database open.
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { chainStore, type RegisteredChain } from '../../src/chains/store.ts'
import type { Resolve } from '../../src/net/name-lanes.ts'
import { DATABASE_FILE, type Database, openDatabase } from '../../src/storage/database.ts'
import { makePatient, type Patient } from '../support/doctor.ts'

const SUBJECT = 'added-7 (added from the channel)'
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Setup {
  one: Patient
  endpoint: ChainEndpoint
  /** As the bot has it. */
  database: Database
  /** Adds a chain as `$register_chain` keeps it. */
  register(more?: Partial<RegisteredChain>): void
}

/** A world in which nothing is wrong, whose bot knows the chain `added-7` from the channel. */
async function setup(faults: Faults = {}): Promise<Setup> {
  const one = await makePatient()
  closing.push(() => one.close())
  one.config.chainsFromChannel = { allowHttpLoopback: true }
  one.chains.addChain({ chainId: 'added-7' })
  const endpoint = await serveChain(one.chains, 'added-7', faults)
  closing.push(() => endpoint.close())
  const database = openDatabase(join(one.folder, 'data'), { nowMs: 0 })
  closing.push(() => database.close())
  const register = (more: Partial<RegisteredChain> = {}) =>
    chainStore(database).save({
      chainId: 'added-7',
      name: 'Added',
      rest: [endpoint.url],
      token: { symbol: 'ATOM', denom: 'uatom', decimals: 6 },
      prefix: 'cosmos',
      addedBy: '1',
      addedMs: 0,
      ...more,
    })
  register()
  return { one, endpoint, database, register }
}

/** Counts the connections that are made to it, and passes them on to `port`; with null, it answers nothing. */
async function counter(port: number | null): Promise<{ port: number; seen: () => number }> {
  let seen = 0
  const server: Server = createServer((socket) => {
    seen++
    socket.on('error', () => {})
    if (port === null) return socket.destroy()
    const on = connect(port, '127.0.0.1').on('error', () => socket.destroy())
    socket.on('close', () => on.destroy())
    on.on('close', () => socket.destroy())
    socket.pipe(on).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.address() as AddressInfo).port, seen: () => seen }
}

/** Resolves every name to this machine, and notes each time that it is asked. */
function toLoopback(): { resolve: Resolve; names: string[] } {
  const names: string[] = []
  return {
    names,
    resolve(host, done) {
      names.push(host)
      done(null, [{ address: '127.0.0.1', family: 4 }])
    },
  }
}

describe('a chain from the channel', () => {
  it('is looked at like the others while the bot uses the database, which is not disturbed', async () => {
    const { one, endpoint, database } = await setup()
    const { code, of, text } = await one.run()
    expect(of('added-7')).toMatchObject([
      {
        area: 'chains',
        subject: SUBJECT,
        level: 'warning',
        text: 'only one endpoint is given: when it fails, the bot is blind for Added',
      },
      { area: 'chains', subject: `${SUBJECT} ${new URL(endpoint.url).host}`, level: 'ok', mend: null },
    ])
    expect(of(new URL(endpoint.url).host)[0]!.text).toMatch(/^block [\d,]+, .+ old, \d+ ms, ibc-go v/)
    expect(of('added-7')[0]!.mend).toBe(
      'Register it again with $register_chain and an endpoint that works, or write it into the configuration, where it can have several.',
    )
    expect(code).toBe(0)
    expect(text).toContain(`warning  ${SUBJECT}: only one endpoint`)
    // The bot goes on writing.
    const before = chainStore(database).all()
    database.tx(() => chainStore(database).save({ ...before[0]!, name: 'Renamed' }))
    expect(before.map(({ name }) => name)).toEqual(['Added'])
    expect((await one.run()).of('added-7')[0]!.text).toContain('blind for Renamed')
  })

  it.each([
    ['an endpoint that fails', { html: 502 }, '502'],
    ['an endpoint of another chain', { chainId: 'elsewhere-1' }, 'serves elsewhere-1'],
  ] as const)('is wrong with %s, with the sentence of its own prefix', async (_, faults, reason) => {
    const { one } = await setup(faults)
    const found = await one.run()
    expect(found.of('added-7').map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'wrong: 0 of 1 endpoints can be used: the bot is blind for Added',
      `wrong: ${reason}`,
    ])
    for (const { mend } of found.of('added-7'))
      expect(mend).toMatch(/^Register it again with \$register_chain/)
    expect(found.code).toBe(1)
    // The others are read, so it is not this machine's network.
    expect(found.of('network')).toEqual([])
    one.config.discord!.prefix = '!'
    expect((await one.run()).of('added-7')[0]!.mend).toContain('with !register_chain')
    one.config.discord!.prefix = false
    expect((await one.run()).of('added-7')[0]!.mend).toContain('with /register_chain')
  })

  it('is one line, and is not asked, where the configuration wins', async () => {
    const { one, endpoint, register } = await setup()
    register({ chainId: 'other-4', name: 'Another', rest: [endpoint.url] })
    const asked = await counter(null)
    register({ chainId: 'host-1', name: 'Mine', rest: [`http://127.0.0.1:${asked.port}`] })
    const { of } = await one.run()
    for (const [chainId, place] of [
      ['other-4', 'chains[1]'],
      ['host-1', 'chains[0]'],
    ]) {
      const subject = `${chainId} (added from the channel)`
      const text = `${place} of the configuration wins over it, so it is not asked`
      expect(of(subject)).toEqual([{ area: 'chains', subject, level: 'ok', text, mend: null }])
      // The chain of the configuration is looked at as ever: itself, and its two endpoints.
      expect(of(chainId!)).toHaveLength(4)
    }
    expect(asked.seen()).toBe(0)
  })
})

describe('a URL from the channel is not trusted by the doctor either', () => {
  it('is not asked where the configuration does not allow it any more', async () => {
    const { one, register } = await setup()
    const asked = await counter(null)
    register({ rest: [`http://127.0.0.1:${asked.port}`] })
    register({ chainId: 'meta-1', name: 'Meta', rest: ['https://169.254.169.254'] })
    delete one.config.chainsFromChannel
    const { code, of } = await one.run()
    expect(of('(added from the channel)').map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'wrong: the bot leaves it out, its endpoint is not asked: it must begin with https://',
      'wrong: the bot leaves it out, its endpoint is not asked: its address is not public (link-local or metadata)',
    ])
    expect(of('added-7')[0]!.mend).toBe('Register it again with $register_chain and a URL that may be asked.')
    expect(asked.seen()).toBe(0)
    expect(code).toBe(1)
  })

  it('is never connected to where its name leads inside', async () => {
    const { one, register } = await setup()
    const asked = await counter(null)
    register({ rest: [`https://lcd.example.org:${asked.port}`] })
    const { resolve, names } = toLoopback()
    const { of } = await one.run({ resolve })
    expect(of('lcd.example.org')).toMatchObject([{ level: 'wrong', text: 'address is not allowed' }])
    expect(names).toContain('lcd.example.org')
    expect(asked.seen()).toBe(0)
  })

  it('has every connection judged, that for the clock too', async () => {
    const { one, endpoint, register } = await setup()
    const asked = await counter(Number(new URL(endpoint.url).port))
    register({ rest: [`http://localhost:${asked.port}`] })
    const { resolve, names } = toLoopback()
    const { of } = await one.run({ resolve })
    expect(of('added-7')[1]).toMatchObject({ level: 'ok' })
    expect(asked.seen()).toBeGreaterThan(1)
    expect(names).toHaveLength(asked.seen())
  })
})

describe('where the chains cannot be read from the database', () => {
  it('says nothing where there is no database, a damaged one, or an older one without the table', async () => {
    const one = await makePatient()
    closing.push(() => one.close())
    const quiet = async () => {
      const { findings, of } = await one.run()
      expect(findings.filter(({ area, level }) => area === 'chains' && level !== 'ok')).toEqual([])
      expect(of('added from the channel')).toEqual([])
      return of('database')
    }
    expect(await quiet()).toMatchObject([{ level: 'ok', text: 'not there yet; made at the first start' }])
    const data = join(one.folder, 'data')
    mkdirSync(data)
    writeFileSync(join(data, DATABASE_FILE), 'no database at all, but long enough to be one'.repeat(99))
    expect(await quiet()).toMatchObject([{ level: 'wrong', area: 'machine' }])
    writeFileSync(join(data, DATABASE_FILE), '')
    const database = openDatabase(data, { nowMs: 0 })
    database.sql.exec('DROP TABLE registered_chains')
    database.sql.pragma('user_version = 2')
    database.close()
    expect((await quiet())[0]!.text).toContain('from version 2')
  })

  it('is wrong where a row is none, which the bot would not start with', async () => {
    const { one, database } = await setup()
    database.sql.exec("UPDATE registered_chains SET rest = 'not a list'")
    const { code, of } = await one.run()
    expect(of('chains added from the channel')).toMatchObject([
      { level: 'wrong', text: expect.stringMatching(/^the database does not tell them: .+JSON/) },
    ])
    expect(code).toBe(1)
  })
})
