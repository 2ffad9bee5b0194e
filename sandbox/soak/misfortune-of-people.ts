// Who has an alert, and gives it back (pure).
import { HOUR, MINUTE, type Story } from './happening.ts'
import type { Random } from './random.ts'

/** Somebody takes on what is told, for a while, and gives some of it back before its time. */
export function acks({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * HOUR; atMs < endMs; atMs += random.whole(10, 60) * MINUTE) {
    const forMs = random.pick([0, 5, 20, 60, 120]) * MINUTE
    happenings.push({ atMs, kind: 'ack', forMs })
  }
}
