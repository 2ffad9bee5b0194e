// What a sweep speaks of: one client with its surroundings, and what was read of it.
import type { ClientState, MalformedClient } from '../cosmos/types.ts'
import type { Reading, Unreadable } from './assess.ts'

/** Whose clients an alert is about: named by the operator, in use, or neither. */
export type Attention = 'mine' | 'live' | 'idle'

/** The other end of a connection: a client on another host chain. */
export interface FarEnd {
  chainId: string
  clientId: string
  connectionId: string
}

/** What surrounds a client on its host chain. */
export interface Surroundings {
  connectionIds: string[]
  /** Channels that are OPEN over an OPEN connection of this client. */
  openChannels: string[]
  farEnds: FarEnd[]
  attention: Attention
  /** Named in `ignoreClients`: read and listed, never alerted about. */
  ignored: boolean
}

/** A client that a sweep is about to read. */
export interface Subject extends Surroundings {
  clientId: string
  state: ClientState | MalformedClient
}

/** A client with what was read of it (or why it could not be). */
export interface Seen extends Surroundings {
  clientId: string
  clientType: string
  reading: Reading | Unreadable
}

/** A client that other chains' connections end at, asked of a chain that is not watched by itself. */
export interface WantedClient {
  clientId: string
  attention: Attention
  connectionId: string
  openChannels: string[]
  /** The near end, for the "other end" line. */
  nearEnd: FarEnd
}

export const isReading = (reading: Reading | Unreadable): reading is Reading => 'rule' in reading

/** Whether alerts are about a client, by its attention and the setting `alerts.about`. */
export function isAbout(attention: Attention, about: 'live' | 'mine' | 'all'): boolean {
  return about === 'all' || attention === 'mine' || (about === 'live' && attention === 'live')
}
