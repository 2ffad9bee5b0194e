// The clock whose timers end nothing but themselves.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { guarded } from '../../../src/kernel/clock.ts'

it('hands on what a timer throws, and the other timers come', async () => {
  const manual = new ManualClock(0)
  const failures: unknown[] = []
  const clock = guarded(manual, (error) => failures.push(error))
  const came: number[] = []
  clock.at(1000, () => {
    throw new Error('a bug')
  })
  const cancel = clock.at(1500, () => came.push(1500))
  // A machine's clock has whole milliseconds.
  clock.at(1999.2, () => came.push(clock.now()))
  const slept = clock.sleep(3000)
  cancel()
  await manual.advance(3000)
  await slept
  expect([failures, came]).toEqual([[new Error('a bug')], [2000]])
})
