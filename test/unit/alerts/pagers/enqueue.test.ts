// What wakes somebody: what would carry a mention, from a level on, and what is escalated to the pagers.
import { expect, it } from 'vitest'
import { isPaged } from '../../../../src/alerts/pagers/enqueue.ts'
import { aMessage } from '../../../support/alerts.ts'

it('what tags somebody pages from its level on', () => {
  const paged = (level: 'warning' | 'critical' | 'expired' | 'frozen' | 'blind' | 'low') =>
    isPaged(aMessage(1, { level }), 'critical')
  expect(
    ['low', 'warning', 'critical', 'blind', 'expired', 'frozen'].map((one) => paged(one as never)),
  ).toEqual([false, false, true, true, true, true])
  expect(isPaged(aMessage(1, { level: 'expired', mention: false }), 'warning')).toBe(false)
  expect(isPaged(aMessage(1, { level: 'expired', kind: 'resolved' }), 'warning')).toBe(false)
})

it('what is escalated pages where that is said, whatever its level, and nowhere else', () => {
  const escalated = (pages: boolean) => aMessage(1, { level: 'warning', kind: 'escalated', pages })
  expect(isPaged(escalated(true), 'expired')).toBe(true)
  expect(
    isPaged({ ...escalated(false), notice: { ...escalated(false).notice, level: 'expired' } }, 'warning'),
  ).toBe(false)
})
