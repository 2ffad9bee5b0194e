// What a client is here: who it is, who uses it, what was read of it, and what is known of it.
import type { ClientState, MalformedClient } from '../cosmos/types.ts'
import type { Absent, Reading, Unreadable, Verdict } from './assess.ts'

/** Whose clients an alert is about: named by the operator, in use, or neither. */
export type Attention = 'mine' | 'live' | 'idle'

/** The other end of a connection: a client on another host chain. */
export interface FarEnd {
  chainId: string
  clientId: string
  connectionId: string
}

/** Who uses a client on its host chain. */
export interface ClientUse {
  connectionIds: string[]
  /** Channels that are in use over an OPEN connection of this client. */
  openChannels: string[]
  farEnds: FarEnd[]
  attention: Attention
  /** Named in `ignoreClients`: read and listed, never alerted about. */
  ignored: boolean
}

/** A client that a sweep is about to read. */
export interface Subject extends ClientUse {
  clientId: string
  state: ClientState | MalformedClient
}

/** A client of a host chain. */
export interface Client extends ClientUse {
  clientId: string
  clientType: string
}

/** A client with what was read of it (or why it could not be). */
export interface Seen extends Client {
  reading: Reading | Unreadable
}

/** What of a reading is remembered. */
type Remembered = Pick<Reading, 'rule' | 'trackedChainId' | 'latestHeight' | 'trustingPeriodNs' | 'frozen'>

/** A client as it is known: the last reading that succeeded, and its verdict then. */
export interface ClientRow extends Client, Remembered, Omit<Verdict, 'elapsedShare'> {
  chainId: string
  /** How it is known that there is no consensus state at its latest height; null: there is one, or none is needed. */
  absent: Absent | null
  /** Null: it was not read since its chain started again. */
  hostTimeNs: bigint | null
  /** When it was last read with success, Unix ms; null: never yet. */
  readMs: number | null
  endpoint: string | null
  /** Since when it cannot be read, Unix ms; null: it can. */
  unseenSinceMs: number | null
  firstSeenMs: number
}

/** What was new of a client at `atMs` (Unix ms). */
export type HistoryRow = { atMs: number } & Pick<ClientRow, (typeof IN_HISTORY)[number]>

/** What of a client stands in its history. */
export const IN_HISTORY = [
  'status',
  'severity',
  'reason',
  'trackedChainId',
  'latestHeight',
  'trustingPeriodNs',
  'lastUpdateNs',
] as const

/** A client that other chains' connections end at, asked of a chain that is not watched by itself. */
export interface WantedClient {
  clientId: string
  attention: Attention
  connectionId: string
  /** The near end, for the "other end" line. */
  nearEnd: FarEnd
}

export const isReading = (reading: Reading | Unreadable): reading is Reading => 'rule' in reading

/** Whether alerts are about a client, by its attention and the setting `alerts.about`. */
export function isAbout(attention: Attention, about: 'live' | 'mine' | 'all'): boolean {
  return about === 'all' || attention === 'mine' || (about === 'live' && attention === 'live')
}
