// What is due to be told of a client that cannot be read: by its last reading, and of that it cannot be read itself.
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { acknowledge } from '../../../src/alerts/life.ts'
import { createAlertStore } from '../../../src/alerts/store.ts'
import type { Notice } from '../../../src/alerts/types.ts'
import { createDirectory } from '../../../src/chains/directory.ts'
import { dueClients } from '../../../src/clients/due.ts'
import { clientIdentity, unseenIdentity } from '../../../src/clients/identity.ts'
import { createClientSettler } from '../../../src/clients/settle.ts'
import { clientStore } from '../../../src/clients/store.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { aClient, EXPIRES } from '../../support/client-rows.ts'

const logger = pino({ level: 'silent' })
const AFTER = 15 * MINUTE_MS

it.each(['client', 'unseen'] as const)(
  'an alert of kind %s is escalated and reminded of while nothing can be read',
  async (kind) => {
    const nowMs = EXPIRES - 30 * HOUR_MS
    const database = openDatabase(':memory:', { nowMs })
    const store = clientStore(database, logger)
    const alerts = createAlertStore(database, logger)
    const settings = await settingsOf({
      alerts: { escalate: { after: '15m', pagers: true } },
      chains: [{ chainId: 'osmosis-1', rest: ['http://127.0.0.1:1'] }],
    })
    const [chain] = settings.chains
    const directory = createDirectory(settings.chains)
    const told: Notice[] = []
    const inWords = (notice: Notice) => {
      told.push(notice)
      return { identity, notice, headline: 'x', group: null, embed: null, mention: [] }
    }
    const settler = createClientSettler({
      settings,
      database,
      store,
      alerts,
      words: { client: (_r, _v, notice) => inWords(notice), unseenClient: (_r, notice) => inWords(notice) },
      chainOf: directory.getKnown,
      route: () => [{ webhook: 'HOOK', mention: [] }],
      committed: () => {},
    })
    // One that was never read: only that it cannot be is told.
    const unread = { readMs: null, hostTimeNs: null, severity: 'unreadable' } as const
    const row = aClient({
      chainId: 'osmosis-1',
      unseenSinceMs: nowMs - DAY_MS,
      ...(kind === 'unseen' && unread),
    })
    const identity = (kind === 'client' ? clientIdentity : unseenIdentity)(row.chainId, row.clientId)
    store.save(row, nowMs)
    if (kind === 'client') settler.goOn(chain!, [row], nowMs)
    else {
      const open = {
        level: 'blind',
        sinceMs: nowMs,
        alertId: alerts.allocateId(),
        raisedMs: nowMs,
        toldLevel: 'blind',
      } as const
      const rest = { lastNoticeMs: nowMs, leftAtNoticeMs: null, mentioned: true, calledMs: nowMs, ack: null }
      alerts.saveState(identity, { ...open, ...rest }, nowMs)
    }
    const isDue = (atMs: number) => dueClients({ store, alerts, directory }, atMs).size > 0
    const goOn = (atMs: number) => {
      told.length = 0
      settler.goOn(chain!, [row], atMs)
      return told.filter((one) => one.kind !== 'quiet').map((one) => [one.kind, one.mention, one.ackedBy])
    }
    expect([isDue(nowMs + AFTER - 1), isDue(nowMs + AFTER)]).toEqual([false, true])
    expect(goOn(nowMs + AFTER - 1)).toEqual([])
    expect(goOn(nowMs + AFTER)).toEqual([['escalated', true, null]])
    expect([isDue(nowMs + 2 * AFTER), goOn(nowMs + 2 * AFTER)]).toEqual([false, []])
    const acked = acknowledge(
      alerts.loadState(identity)!,
      { userId: '7', untilMs: nowMs + HOUR_MS, note: null },
      nowMs,
    )
    alerts.saveState(identity, acked, nowMs)
    expect([isDue(nowMs + HOUR_MS - 1), isDue(nowMs + HOUR_MS)]).toEqual([false, true])
    expect(goOn(nowMs + HOUR_MS)).toEqual([['reminder', true, '7']])
    database.close()
  },
)
