// What a story is: the chains and clients of a seed's world, and what happens there when. Types, and their units.
import type { Faults } from '../chains/faults.ts'
import type { Fault as DiscordFault } from '../discord/faults.ts'
import type { PagerFault } from '../pagers/http.ts'
import type { Who } from './channel.ts'
import type { Reads, STORAGE_FAULTS } from './faults.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** What befalls one of two watchers. */
export type Act = 'stop' | 'go' | 'cut' | 'mend' | 'off' | 'on' | 'kill'

export type Happening = { atMs: number } & (
  | {
      kind: 'endpoint'
      chainId: string
      endpoint: number
      fault: string | null
      faults: Faults
      reads: Reads
    }
  /** `door`: all of Discord, or the webhook alone; `quiet`: nothing is lost by it. */
  | { kind: 'discord'; door: 'any' | 'webhook'; fault: string | null; discord: DiscordFault | null }
  | { kind: 'pager'; fault: string | null; pager: PagerFault | null }
  | { kind: 'odd'; fault: string | null; discord: DiscordFault | null }
  /** What is refused: messages with this client's headline, or with its command. */
  | { kind: 'poison'; client: number; part: 'headline' | 'command'; discord: DiscordFault | null }
  | { kind: 'storage'; fault: (typeof STORAGE_FAULTS)[number] | null }
  | { kind: 'room'; room: string; broken: boolean }
  | { kind: 'halt' | 'resume'; chainId: string }
  /** The chain makes blocks from a low height again, under the same id and with the state that it had. */
  | { kind: 'again'; chainId: string }
  | { kind: 'freeze' | 'recover'; client: number }
  | { kind: 'keeper'; client: number; here: boolean }
  /** The channels of a pair are opened or closed. */
  | { kind: 'channels'; pair: number; open: boolean }
  /** Somebody takes on, for so long, the newest alert that stands in the channel, or gives it back (0). */
  | { kind: 'ack'; forMs: number }
  /** Somebody types a command, or asks the faucet (`/drip`). */
  | { kind: 'types'; text: string }
  /** SIGSTOP and SIGCONT; no way to Discord, and again; of the second watcher also its process. */
  | { kind: 'watcher'; who: Who; act: Act }
  | { kind: 'restart' }
  | { kind: 'off' | 'on' }
  /** Killed so many turns of the event loop later, or when the next message has been taken. */
  | { kind: 'kill'; after: number | 'post' }
)

/** A connection of the world; each of its ends is a client, in this order. */
export interface PairSpec {
  a: string
  b: string
  trustingPeriodMs: number
  /** Of the end on `b`; left out: the same. */
  otherPeriodMs?: number
  /** Share of the period at which whoever keeps it alive updates it: hermes 1/3, rly 2/3. */
  refreshAt: number
  channels: number
  /** Share of the period that has passed since the last update when the world begins. */
  age: number
  /** One of many that one relayer keeps alive. */
  crowd?: boolean
  /** Whether the configuration names its ends; left out: every second one on a chain that names some. */
  mine?: boolean
}

export interface ChainSpec {
  chainId: string
  name: string
  blockMs: number
  endpoints: number
  /** The configuration names some of its clients as the team's own. */
  names: boolean
  /** Its nodes give no longer pages than this; left out: as long as they are asked for. */
  pageItems?: number
}

export interface Story {
  seed: number
  chains: ChainSpec[]
  pairs: PairSpec[]
  happenings: Happening[]
  endMs: number
  /** A second watcher looks at the same world. */
  standby?: true
  /** How often what lasts is said again, ms; a day where left out. */
  remindEveryMs?: number
  /** When the digest comes; daily at nine where left out. */
  digest?: string
  /** The step in which time passes, ms; 15 s where left out, as often as the watch looks for what is due. */
  stepMs?: number
}
