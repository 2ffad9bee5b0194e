// When a cron expression comes next: in UTC, through both changes of a zone's clock, on days that node-cron knows.
import { describe, expect, it } from 'vitest'
import { cronProblem, cronTimes, isOften } from '../../../src/watch/cron.ts'

const at = (iso: string) => Date.parse(iso)

/** The next `count` times after a moment. */
function times(expression: string, zone: string, after: string, count: number): string[] {
  const cron = cronTimes(expression, zone)
  const found: string[] = []
  for (let ms = at(after); found.length < count; found.push(new Date(ms).toISOString())) ms = cron.next(ms)!
  return found.map((iso) => iso.replace('.000Z', 'Z'))
}

describe('the next time', () => {
  it.each([
    ['*/10 * * * *', 'UTC', '2026-11-20T10:00:00Z', ['2026-11-20T10:10:00Z', '2026-11-20T10:20:00Z']],
    ['*/10 * * * *', 'UTC', '2026-11-20T10:09:59.999Z', ['2026-11-20T10:10:00Z', '2026-11-20T10:20:00Z']],
    ['30 */7 * * * *', 'UTC', '2026-12-31T23:57:00Z', ['2027-01-01T00:00:30Z', '2027-01-01T00:07:30Z']],
    ['0 9 * * 1', 'UTC', '2026-11-23T09:00:00Z', ['2026-11-30T09:00:00Z', '2026-12-07T09:00:00Z']],
    ['0 9 L * *', 'UTC', '2027-02-01T00:00:00Z', ['2027-02-28T09:00:00Z', '2027-03-31T09:00:00Z']],
    ['0 9 * * 1#2', 'UTC', '2026-11-20T00:00:00Z', ['2026-12-14T09:00:00Z', '2027-01-11T09:00:00Z']],
    ['0 0 29 2 *', 'UTC', '2026-11-20T00:00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
    ['@daily', 'Asia/Kathmandu', '2026-11-20T00:00:00Z', ['2026-11-20T18:15:00Z', '2026-11-21T18:15:00Z']],
  ])('of %s in %s after %s', (expression, zone, after, expected) => {
    expect(times(expression, zone, after, 2)).toEqual(expected)
  })

  it.each([
    // The clock goes from 02:00 to 03:00, from 24:00 to 01:00, and by half an hour.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', ['2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z']],
    [
      '0 2 * * *',
      'America/New_York',
      '2027-03-13T12:00:00Z',
      ['2027-03-14T07:00:00Z', '2027-03-15T06:00:00Z'],
    ],
    ['15 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z', ['2026-04-23T22:15:00Z', '2026-04-24T21:15:00Z']],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T12:00:00Z',
      ['2026-10-03T15:45:00Z', '2026-10-04T15:15:00Z'],
    ],
  ])('that a zone leaves out comes on its day: %s in %s', (expression, zone, after, expected) => {
    expect(times(expression, zone, after, 2)).toEqual(expected)
  })

  it.each([
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z']],
    [
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00:00Z',
      ['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T12:00:00Z',
      ['2026-04-04T14:45:00Z', '2026-04-05T15:15:00Z'],
    ],
  ])('that a zone makes twice comes once: %s in %s', (expression, zone, after, expected) => {
    expect(times(expression, zone, after, 2)).toEqual(expected)
  })

  it('is tomorrow within the hour that comes again, when it was today already', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10:00Z', 1)).toEqual(['2026-10-26T01:30:00Z'])
  })
})

describe('an expression', () => {
  it.each(['often', '', '60 * * * *', '*/0 * * * *', '0 9 * *', '0 0 30 2 *'])('%j is none', (text) => {
    expect(cronProblem(text)).toMatch(/^not a cron expression/)
  })

  it('that no day fits would never come', () => {
    expect(cronProblem('0 0 1 1 1#5')).toMatch(/never come/)
    expect(cronProblem('0 0 29 2 1')).toBeNull()
  })

  it.each([
    ['0 9 * * 1', false, false],
    ['0 */6 * * *', false, false],
    ['@hourly', false, false],
    ['0 0,0 9 * jan,MAR mon', false, false],
    ['0,30 9 * * *', true, false],
    ['*/10 * * * *', true, false],
    ['0 */30 9 * * *', true, false],
    ['* * * * * *', true, true],
  ])('%s comes often within an hour: %s, within a minute: %s', (expression, hour, minute) => {
    expect([isOften(expression, 'hour'), isOften(expression, 'minute')]).toEqual([hour, minute])
  })
})
