// A database that cannot be written: what is told in the channel, and when.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { MINUTE_MS } from '../../../src/kernel/duration.ts'
import { createLogger } from '../../../src/kernel/logger.ts'
import { createOwnTroubles } from '../../../src/ops/own-trouble.ts'
import { createStorageWatch } from '../../../src/ops/storage-watch.ts'
import { openDatabase } from '../../../src/storage/database.ts'

/** What is told within 30 min of a database that is locked for `lockedS` seconds, then free for `freeS`, `times` times. */
async function toldOf(lockedS: number, freeS: number, times: number): Promise<string[]> {
  const clock = new ManualClock()
  const startMs = clock.now()
  const database = openDatabase(':memory:', { nowMs: startMs })
  const told: string[] = []
  const trouble = () => {
    const s = (clock.now() - startMs) / 1000
    const turn = Math.floor(s / (lockedS + freeS))
    const beganS = turn * (lockedS + freeS)
    if (turn >= times || s - beganS >= lockedS) return null
    return { sinceMs: startMs + beganS * 1000, text: 'It is locked.' }
  }
  const troubles = createOwnTroubles({
    database,
    parts: [createStorageWatch({ trouble }, clock)],
    clock,
    logger: createLogger('silent', []),
    tell: async (text) => told.push(text) > 0,
    sayOnce: () => {},
  })
  troubles.start()
  await clock.advance(30 * MINUTE_MS)
  troubles.stop()
  database.close()
  return told.map((text) => text.replace(/<t:\d+:R>/, 'T'))
}

const OVER = '🟢 over: my database can be written again, nothing is lost'

it.each([
  [
    'for long is told, and when it is over',
    300,
    0,
    1,
    ['⚠️ My database has trouble since T. It is locked.', OVER],
  ],
  ['for a moment is told nobody', 50, 0, 1, []],
  ['for a moment now and then is told nobody', 40, 260, 6, []],
  [
    'for half a minute, over and over, is told once',
    30,
    30,
    15,
    [expect.stringMatching(/again and again \(\d times in 10 min\), since T\. It is locked/), OVER],
  ],
  [
    'for 55 of 60 seconds, over and over, is told once',
    55,
    5,
    12,
    [expect.stringMatching(/again and again/), OVER],
  ],
])('a lock that is held %s', async (_, lockedS, freeS, times, expected) => {
  expect(await toldOf(lockedS, freeS, times)).toEqual(expected)
})
