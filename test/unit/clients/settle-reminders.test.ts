// Reminders about a client: while it calls somebody; what calls nobody is told once for each level.
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAlertStore } from '../../../src/alerts/store.ts'
import { createDirectory } from '../../../src/chains/directory.ts'
import type { ChainSettings } from '../../../src/chains/settings.ts'
import { dueClients } from '../../../src/clients/due.ts'
import { clientIdentity } from '../../../src/clients/identity.ts'
import { createClientSettler } from '../../../src/clients/settle.ts'
import { clientStore } from '../../../src/clients/store.ts'
import type { ClientRow } from '../../../src/clients/types.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { type Database, openDatabase } from '../../../src/storage/database.ts'
import { aChain, aClient, EXPIRES } from '../../support/client-rows.ts'

const WARNED = EXPIRES - 67 * HOUR_MS
const CRITICAL = EXPIRES - 30 * HOUR_MS
const logger = pino({ level: 'silent' })
let database: Database
beforeEach(() => {
  database = openDatabase(':memory:', { nowMs: WARNED })
})
afterEach(() => database.close())

/** What is told of `row` at each moment, and whether it is due to be read a millisecond before. */
async function told(chain: ChainSettings, row: ClientRow, ...momentsMs: number[]) {
  const store = clientStore(database, logger)
  const alerts = createAlertStore(database, logger)
  const directory = createDirectory([chain])
  const settings = await settingsOf({ chains: [{ chainId: chain.chainId, rest: ['http://127.0.0.1:1'] }] })
  const identity = clientIdentity(chain.chainId, row.clientId)
  const all: string[] = []
  const inWords = (notice: { kind: string; level: string; mention: boolean }) => {
    all.push(`${notice.kind} ${notice.level}${notice.mention ? ' @' : ''}`)
    return { identity, notice, headline: '', embeds: [] } as never
  }
  const settler = createClientSettler({
    settings,
    database,
    store,
    alerts,
    words: {
      client: (_row, _verdict, notice) => inWords(notice),
      unseenClient: (_row, notice) => inWords(notice),
    },
    chainOf: directory.getKnown,
    route: () => [],
    committed: () => {},
  })
  store.save(row, WARNED)
  return momentsMs.map((nowMs) => {
    all.length = 0
    const isDue = dueClients({ store, alerts, directory }, nowMs).size > 0
    settler.goOn(chain, [row], nowMs)
    return [...all, ...(isDue ? ['due'] : [])].join(', ')
  })
}

describe('a reminder', () => {
  const moments = [WARNED, WARNED + DAY_MS, CRITICAL, EXPIRES - 15 * HOUR_MS, EXPIRES - 7 * HOUR_MS]
  const naming = aChain('osmosis-1', 'Osmosis', { mine: ['connection-7'] })

  it.each([
    ['of a live client on a chain that names nothing', aChain('osmosis-1', 'Osmosis'), aClient()],
    ['of a client that is mine', naming, aClient({ attention: 'mine' })],
  ])('comes %s, after a day and at half of what is left', async (_, chain, row) => {
    expect(await told(chain, row, ...moments)).toEqual([
      'raised warning @',
      'reminder warning @, due',
      'raised critical @, due',
      'reminder critical @, due',
      'reminder critical @, due',
    ])
  })

  it('does not come of a stranger, which is told once for each level and not read for it', async () => {
    const levels = ['raised warning', '', 'raised critical, due', '', '']
    expect(await told(naming, aClient(), ...moments)).toEqual(levels)
  })

  it('does not come of what is no longer mine, and comes with the mention once it is', async () => {
    const row = aClient({ attention: 'mine' })
    expect(await told(naming, row, WARNED, CRITICAL)).toEqual(['raised warning @', 'raised critical @, due'])
    expect(await told(naming, aClient(), ...moments.slice(3))).toEqual(['', ''])
    expect(await told(naming, row, EXPIRES - HOUR_MS)).toEqual(['reminder critical @, due'])
  })
})
