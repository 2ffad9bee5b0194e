// The small words about chains (pure): what is wrong with their endpoints.
import type { EndpointStatus } from '../cosmos/types.ts'
import { label, someOf } from '../words/text.ts'

/** What is wrong with each endpoint: "lcd-a time-out, lcd-b 502, lcd-c 41 min behind". */
export function endpointWords(endpoints: readonly EndpointStatus[], max = 6): string {
  const words = endpoints.map(({ name, reason, state }) => `${label(name)} ${label(reason ?? state, 60)}`)
  return someOf(words, max)
}
