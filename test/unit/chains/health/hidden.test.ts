// What only a chain that can be read shows, while it cannot: nobody acknowledged it, so it is escalated all the same.
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { ManualClock } from '../../../../sandbox/manual-clock.ts'
import { createOutbox } from '../../../../src/alerts/outbox/store.ts'
import { createAlertStore } from '../../../../src/alerts/store.ts'
import { createDirectory } from '../../../../src/chains/directory.ts'
import { createHealthWatch } from '../../../../src/chains/health/health.ts'
import { chainIdentity, restartIdentity } from '../../../../src/chains/identity.ts'
import { clientStore } from '../../../../src/clients/store.ts'
import { settingsOf } from '../../../../src/config/index.ts'
import { DAY_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { openDatabase } from '../../../../src/storage/database.ts'

it.each([
  [
    'halted',
    'halted',
    /^⏸ still HALTED: .* Its endpoints do not answer now\. .* · nobody has #1 for 15 min$/,
  ],
  ['unread', 'blind', /^⚫ still UNSEEN 15 min: .* nor can the chain now\. .* · nobody has #1 for 15 min$/],
  [
    'restarted',
    'halted',
    /^⏮ still not read anew since it RESTARTED at 10:00 UTC: Osmosis · nobody has #1 for 15 min$/,
  ],
] as const)('%s', async (kind, level, line) => {
  const clock = new ManualClock()
  const database = openDatabase(':memory:', { nowMs: clock.now() })
  const logger = pino({ level: 'silent' })
  const settings = await settingsOf({
    alerts: { escalate: { after: '15m', mention: ['<@&100000000000000000>'] } },
    chains: [{ chainId: 'osmosis-1', rest: ['http://127.0.0.1:1'] }],
  })
  const [chain] = settings.chains
  const alerts = createAlertStore(database)
  const store = clientStore(database, logger)
  const health = createHealthWatch({
    database,
    alerts,
    committed: () => {},
    clock,
    directory: createDirectory(settings.chains),
    store,
    settings,
    alertSettings: settings.alerts,
    route: () => [{ webhook: 'HOOK', mention: [] }],
    endpointsOf: () => [],
    urgencyOf: () => ({ nearest: null, callingMs: [] }),
    beginAnew: store.beginAnew,
  })
  const sinceMs = clock.now()
  const told = {
    level,
    sinceMs,
    alertId: alerts.allocateId(),
    raisedMs: sinceMs,
    toldLevel: level,
    ack: null,
  }
  const called = { lastNoticeMs: sinceMs, leftAtNoticeMs: null, mentioned: true, calledMs: sinceMs }
  const about = kind === 'restarted' ? restartIdentity('osmosis-1') : chainIdentity(kind, 'osmosis-1')
  alerts.saveState(about, { ...told, ...called }, sinceMs)
  const lines = () => {
    const outbox = createOutbox(database)
    return [...outbox.waiting('HOOK', 'post')].flatMap((id) => outbox.row(id)!.messages)
  }
  const look = (atMs: number) => {
    clock.set(atMs)
    health.unseen(chain!, 'time-out')
    health.tell(chain!)
    return lines().filter(({ identity }) => identity === about)
  }
  expect(look(sinceMs + 14 * MINUTE_MS)).toEqual([])
  expect(look(sinceMs + 15 * MINUTE_MS)).toMatchObject([
    { headline: expect.stringMatching(line), mention: ['<@&100000000000000000>'], notice: { pages: false } },
  ])
  // It is no reminder: of what is not seen none comes.
  expect(look(sinceMs + 3 * DAY_MS)).toHaveLength(1)
  database.close()
})
