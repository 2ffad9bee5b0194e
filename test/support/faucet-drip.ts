// A faucet with its server, anew for each test.
import type { ManualClock } from '../../sandbox/manual-clock.ts'
import { type Bench, startBench } from './faucet.ts'

export let bench: Bench

export async function setUp() {
  bench = await startBench()
}

export const posts = () => bench.server.requests.filter(({ method }) => method === 'POST')
export const clockOf = (one: Bench) => one.clock as ManualClock
