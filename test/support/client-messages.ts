// What surrounds a message about a client.
import type { ClientContext } from '../../src/clients/messages.ts'
import type { ClientRow } from '../../src/clients/types.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { aClient, aDirectory, EXPIRES, NOW, theOtherEnd } from './client-rows.ts'

export function context(more: Partial<ClientContext> = {}): ClientContext {
  const { nowMs = NOW } = more
  return {
    nowMs,
    directory: aDirectory(),
    elapsedShare: 1 - (EXPIRES - nowMs) / (14 * DAY_MS),
    asOfMs: null,
    hostHalted: null,
    otherEnd: theOtherEnd(9.5 * DAY_MS),
    ibcGoMajor: null,
    endpoints: null,
    ...more,
  }
}

/** Expired yesterday by its host's own block time. */
export const expired = (more: Partial<ClientRow> = {}) =>
  aClient({ status: 'expired', openChannels: ['channel-0', 'channel-4'], ...more }, NOW - DAY_MS)
