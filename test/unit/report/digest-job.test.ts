// When the digest is due: on its day, once, and caught up on the day when it was missed.
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/kernel/clock.ts'
import { createLogger } from '../../../src/kernel/logger.ts'
import { createDigestJob, digestDueMs } from '../../../src/report/digest-job.ts'
import type { DigestStore } from '../../../src/report/store.ts'
import { cronTimes } from '../../../src/watch/cron.ts'

const at = (iso: string) => Date.parse(iso)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace(':00.000Z', 'Z'))

const due = (expression: string, zone: string, sent: string, now: string) =>
  iso(digestDueMs(cronTimes(expression, zone), at(sent), at(now)))

describe('a digest', () => {
  it.each([
    // Sent a week ago; the bot was down at nine: caught up until the day is over.
    ['2026-11-23T09:00Z', '2026-11-30T14:00Z', '2026-11-30T09:00Z'],
    ['2026-11-23T09:00Z', '2026-11-30T23:59Z', '2026-11-30T09:00Z'],
    ['2026-11-23T09:00Z', '2026-12-01T00:01Z', '2026-12-07T09:00Z'],
    ['2026-09-07T09:00Z', '2026-11-30T08:00Z', '2026-11-30T09:00Z'],
    // Sent a little late, and a clock that was set back by less than a day.
    ['2026-11-30T09:02Z', '2026-11-30T14:00Z', '2026-12-07T09:00Z'],
    ['2026-11-30T09:00Z', '2026-11-30T08:00Z', '2026-12-07T09:00Z'],
  ])('of Mondays, sent %s, is at %s due %s', (sent, now, expected) => {
    expect(due('0 9 * * 1', 'UTC', sent, now)).toBe(expected)
  })

  it('has its day in its own time zone', () => {
    // In Auckland it is Tuesday from 11:00 UTC on.
    expect(due('0 9 * * 1', 'Pacific/Auckland', '2026-11-22T20:00Z', '2026-11-30T10:59Z')).toBe(
      '2026-11-29T20:00Z',
    )
    expect(due('0 9 * * 1', 'Pacific/Auckland', '2026-11-22T20:00Z', '2026-11-30T11:01Z')).toBe(
      '2026-12-06T20:00Z',
    )
  })

  it('that came due just before midnight has an hour', () => {
    expect(due('59 23 * * *', 'UTC', '2026-11-29T23:59Z', '2026-12-01T00:30Z')).toBe('2026-11-30T23:59Z')
    expect(due('59 23 * * *', 'UTC', '2026-11-29T23:59Z', '2026-12-01T01:30Z')).toBe('2026-12-01T23:59Z')
  })

  it('is not sent again in the hour that comes again, and is caught up where the clock left it out', () => {
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T01:40Z')).toBe(
      '2026-10-26T01:30Z',
    )
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-28T01:30Z', '2026-03-29T14:00Z')).toBe(
      '2026-03-29T01:30Z',
    )
  })
})

describe('a digest and a clock that is wrong', () => {
  const job = (sent: string) => {
    let sentMs: number | null = at(sent)
    const store: DigestStore = {
      sentMs: () => sentMs,
      sent(nowMs) {
        sentMs = nowMs
      },
    }
    const quiet = createLogger('info', [], { write: () => {} })
    const deps = {
      schedule: { digest: '0 9 * * *', timezone: 'UTC' },
      store,
      clock: systemClock,
      logger: quiet,
      send: () => {},
    }
    const made = createDigestJob(deps, Promise.resolve())!
    return { store, dueAt: (now: string) => iso(made.dueMs(at(now))) }
  }

  it('is not sent twice on a day where the machine starts in 1970 and finds the time later', () => {
    const { dueAt } = job('2026-11-30T09:00:01Z')
    expect(dueAt('1970-01-01T00:02Z')).toBe('1970-01-01T09:00Z')
    expect(dueAt('1970-01-01T00:03Z')).toBe('1970-01-01T09:00Z')
    expect(dueAt('2026-11-30T11:00Z')).toBe('2026-12-01T09:00Z')
  })

  it('comes on the next day where the last was sent by a clock that was years ahead', () => {
    const { dueAt, store } = job('2031-01-01T09:00Z')
    expect(dueAt('2026-11-30T10:00Z')).toBe('2026-12-01T09:00Z')
    // Set back once more.
    expect(dueAt('2026-11-29T08:00Z')).toBe('2026-11-29T09:00Z')
    expect(dueAt('2026-11-29T09:00Z')).toBe('2026-11-29T09:00Z')
    store.sent(at('2026-11-29T09:00Z'))
    expect(dueAt('2026-11-29T09:01Z')).toBe('2026-11-30T09:00Z')
  })
})

describe('a digest more than once an hour', () => {
  it.each([
    ['*/30 * * * *', '2026-11-30T09:00:05Z', '2026-11-30T10:00Z'],
    ['5,50 9 * * *', '2026-11-30T09:05:00Z', '2026-12-01T09:05Z'],
    ['0 10,40 * * * *', '2026-11-30T09:40:00Z', '2026-11-30T10:10Z'],
  ])('%s is taken with a warning, and comes once: sent %s, then %s', (digest, sent, expected) => {
    const log: string[] = []
    const logger = createLogger('info', [], { write: (line) => void log.push(line) })
    const job = createDigestJob(
      {
        schedule: { digest, timezone: 'UTC' },
        store: { sentMs: () => at(sent), sent() {} } satisfies DigestStore,
        clock: systemClock,
        logger,
        send: () => {},
      },
      Promise.resolve(),
    )
    expect(iso(job!.dueMs(at(sent) + 60_000))).toBe(expected)
    expect(log.join('')).toContain('one an hour is sent')
  })
})
