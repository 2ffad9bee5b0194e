// Random days of a faucet: users, spellings, faults, restarts, clocks that jump; the limits hold over all of them.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fault } from '../../sandbox/faucet/server.ts'
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import {
  type Bench,
  faucetSettings,
  ligAddress,
  NOW_MS,
  person,
  snowflake,
  startBench,
} from '../support/faucet.ts'

const USERS = 4
const DAILY_TOTAL = 6
/** Faults that end at once; those that hang are the kill test's. */
const FAULTS: (Fault | null)[] = [
  null,
  null,
  null,
  'reset-before',
  'reset-after',
  'late-502',
  'lost-502',
  'plain-400',
  'nonsense',
  'rate-limited',
]

type Step =
  | { do: 'drip'; user: number; address: number; upper: boolean; times: number; fault: Fault | null }
  | { do: 'time'; ms: number }
  | { do: 'tick' }
  | { do: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('drip' as const),
      user: fc.nat(USERS - 1),
      address: fc.nat(2),
      upper: fc.boolean(),
      times: fc.integer({ min: 1, max: 3 }),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      ms: fc.oneof(
        fc.integer({ min: 0, max: 30 * HOUR_MS }),
        fc.integer({ min: -2 * DAY_MS, max: -1 }),
        fc.constantFrom(DAY_MS - 1, DAY_MS, DAY_MS + 1),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'tick' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
)

const people = Array.from({ length: USERS }, (_, n) =>
  person({ userId: snowflake(NOW_MS - 2000 * DAY_MS, n), joinedAtMs: NOW_MS - 1500 * DAY_MS }),
)

async function run(bench: Bench, steps: readonly Step[]): Promise<void> {
  const clock = bench.clock as ManualClock
  for (const one of steps) {
    if (one.do === 'time') clock.set(clock.now() + one.ms)
    else if (one.do === 'tick') await bench.room.tick()
    else if (one.do === 'restart') bench.restart()
    else {
      const address = ligAddress(`${one.user}/${one.address}`)
      bench.server.fault = () => one.fault
      const typed = one.upper ? address.toUpperCase() : address
      await Promise.all(Array.from({ length: one.times }, () => bench.drip(people[one.user]!, typed)))
    }
  }
}

it('nobody gets more than one in 24 h, the day no more than its total, and each payment is in the history', async () => {
  let payments = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const bench = await startBench({
        settings: (url) => [faucetSettings(url, { dailyTotal: DAILY_TOTAL })],
      })
      try {
        await run(bench, steps)
        const { paid } = bench.server.world
        payments += paid.length
        const rows = bench.rows() as {
          status: string
          target_address: string
          discord_user_id: string
          at_ms: number
        }[]
        for (const [user, { userId }] of people.entries()) {
          const addresses = [0, 1, 2].map((n) => ligAddress(`${user}/${n}`))
          const times = paid.filter((one) => addresses.includes(one.address)).map(({ atMs }) => atMs)
          for (const [n, atMs] of times.entries()) {
            if (n > 0) expect(atMs - times[n - 1]!).toBeGreaterThanOrEqual(DAY_MS)
          }
          for (const { address, atMs } of paid.filter((one) => addresses.includes(one.address))) {
            const kept = rows.filter(
              (row) =>
                row.discord_user_id === userId &&
                row.target_address === address &&
                row.at_ms === atMs &&
                (row.status === 'sent' || row.status === 'unknown'),
            )
            expect(kept).toHaveLength(1)
          }
        }
        for (const { atMs } of paid) {
          const day = paid.filter((one) => one.atMs > atMs - DAY_MS && one.atMs <= atMs)
          expect(day.length).toBeLessThanOrEqual(DAILY_TOTAL)
        }
        expect(rows.filter(({ status }) => status === 'reserved')).toEqual([])
      } finally {
        await bench.close()
      }
    }),
    { numRuns: 60 },
  )
  expect(payments).toBeGreaterThan(60)
}, 300_000)
