// What is over, or milder, before it is sent.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { step } from '../../src/alerts/life.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { DAY_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { aMessage, seen, T0 } from '../support/alerts.ts'
import {
  clock,
  commit,
  database,
  delivery,
  observe,
  server,
  setUp,
  tearDown,
  worded,
} from '../support/alerts-delivery.ts'

beforeEach(setUp)
afterEach(tearDown)

describe('what is over before it is sent', () => {
  /** The webhook fails while things go on, and works again afterwards. */
  async function outage(story: () => void) {
    server.fail({ status: 503 })
    commit([aMessage(900, {}, { identity: 'the first in the queue', headline: 'first' })])
    await delivery.flush()
    story()
    await delivery.flush()
    await clock.advance(5 * MINUTE_MS)
    await delivery.flush()
    return server.contents().slice(1)
  }

  it('shrinks to one line without a mention', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(1, 'ok')
      }),
    ).toEqual(['🟢 1 is well #1'])
    expect(delivery.status().waiting).toBe(0)
  })

  it('is told once, at its present level', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(2, 'critical')
        observe(2, 'warning')
      }),
    ).toEqual(['🟡 critical 1 <@&100>', '🟡 critical 2 <@&100>'])
  })

  it('keeps the telling of a level to which it has come back', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(1, 'warning')
      }),
    ).toEqual(['🟡 warning 1 <@&100>'])
  })

  it('is taken out of a storm, whose first line is made anew', async () => {
    const storm = [1, 2, 3].map((id) => aMessage(id, {}, { identity: `ibc:osmosis-1/07-tendermint-${id}` }))
    const contents = await outage(() => {
      for (const id of [1, 2, 3]) observe(id, 'warning', {}, { group: null, headline: 'never sent' })
      database.sql.exec("UPDATE outbox SET superseded_ms = 1 WHERE messages LIKE '%never sent%'")
      commit(storm)
      observe(2, 'ok')
    })
    expect(contents[0]!.split('\n')).toEqual([
      '🟡 2 warning on Osmosis <@&100>',
      '🟡 warning: Osmosis 07-tendermint-1 #1',
      '🟡 warning: Osmosis 07-tendermint-3 #3',
    ])
    expect(contents.slice(1)).toEqual(['🟢 2 is well #2'])
  })

  it('leaves the mention to the next post of the storm when the first is empty', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index + 1)
    const contents = await outage(() => {
      const alerts = createAlertStore(database)
      for (const id of ids) {
        const { after } = step(null, seen('warning'), { remindEveryMs: DAY_MS }, T0, () => id)
        alerts.saveState(`ibc:osmosis-1/07-tendermint-${id}`, after, T0)
      }
      commit(ids.map((id) => aMessage(id)))
      for (const id of ids.slice(0, 10)) observe(id, 'ok')
    })
    expect(contents[0]!.split('\n')).toEqual([
      '🟡 2 warning on Osmosis <@&100>',
      '🟡 warning: Osmosis 07-tendermint-11 #11',
      '🟡 warning: Osmosis 07-tendermint-12 #12',
    ])
    expect(contents).toHaveLength(11)
  })

  it('counts only what is still so in the line of the first look', async () => {
    const contents = await outage(() => {
      const alerts = createAlertStore(database)
      const quiet = [1, 2, 3].map((id) => {
        const { after, notices } = step(
          null,
          seen('expired', { first: true }),
          { remindEveryMs: 1 },
          T0,
          alerts.allocateId,
        )
        alerts.saveState(`ibc:osmosis-1/07-tendermint-${id}`, after, T0)
        return worded(id, notices[0]!, {})
      })
      commit(quiet)
      observe(2, 'ok')
    })
    expect(contents).toEqual([
      '⚪ First look at Osmosis: 2 clients are expired already; not alarmed. (#1, #3)',
      '🟢 2 is well #2',
    ])
  })
})
