// A process whose only work is its dead-man's ping, a hundred times as fast; it hangs when it is told anything.
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { createPing } from '../../src/ops/ping.ts'

const clock = createFastClock(100)
const logger = createLogger('silent')
const url = process.argv[2]!
createPing({ url, name: 'PING_URL', everyMs: 60_000, holds: async () => [], clock, logger }).start()
process.on('message', () => {
  for (;;);
})
