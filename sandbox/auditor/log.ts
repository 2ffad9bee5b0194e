// What the auditor is given: what happened in the world, and what reached Discord. Times are Unix milliseconds of the world.

/** How a client is used: named by the team, open channels, or neither. Alerts are about the first two. */
export type Use = 'mine' | 'live' | 'idle'

/** Something that happened in the world; the world writes it down when it happens. */
export type WorldEvent = { atMs: number } & (
  | { kind: 'chain'; chainId: string; name: string; blockMs: number }
  | {
      kind: 'client'
      chainId: string
      clientId: string
      trackedChainId: string
      trustingPeriodMs: number
      lastUpdateMs: number
      use: Use
    }
  /** A header was taken, or governance put another client's state in its place: not frozen any more. */
  | { kind: 'updated'; chainId: string; clientId: string; lastUpdateMs: number }
  | { kind: 'frozen'; chainId: string; clientId: string }
  /** The chain makes no blocks from here on; `lastBlockMs`: the time of its newest one. */
  | { kind: 'halted'; chainId: string; lastBlockMs: number }
  | { kind: 'resumed'; chainId: string }
  /** What can be read through one endpoint of a chain, with what is wrong with it. */
  | {
      kind: 'endpoint'
      chainId: string
      endpoint: number
      reads: 'all' | 'part' | 'nothing'
      fault: string | null
    }
  | { kind: 'discord'; fault: string | null }
  | { kind: 'bot'; runs: boolean }
)

/** A request to a webhook of Discord, as it was answered; `status` 0: no answer was given. */
export interface ChannelRequest {
  atMs: number
  method: 'POST' | 'PATCH'
  status: number
  /** Discord has taken it, whatever its answer was. */
  accepted: boolean
  messageId: string | null
  content: string
  /** Title and description of each embed, in one text. */
  embeds: string[]
}

/** What the bot was told to do; the defaults of its configuration page. */
export interface Policy {
  warnAt: number
  criticalAt: number
  warnWhenLeftMs: number
  blindAfterMs: number
  sweepEveryMs: number
}

export const POLICY: Policy = {
  warnAt: 0.8,
  criticalAt: 0.9,
  warnWhenLeftMs: 6 * 3_600_000,
  blindAfterMs: 600_000,
  sweepEveryMs: 600_000,
}

/** What the auditor has to say: the shortest story of what was wrong. */
export interface Finding {
  kind: 'missed' | 'late' | 'false' | 'doubled' | 'not ended' | 'bad advice' | 'not understood'
  /** `chain/client`, or the chain. */
  about: string
  atMs: number
  text: string
}

/** A notice that had to come, whether it came or not. */
export interface Due {
  chainId: string
  /** Null: about the chain. */
  clientId: string | null
  level: 'warning' | 'critical' | 'expired' | 'frozen' | 'over' | 'blind' | 'halted'
  fromMs: number
  byMs: number
}

export interface Judgement {
  findings: Finding[]
  due: Due[]
}

/** A moment for a story: "2026-11-20 10:00:00". */
export const time = (ms: number) =>
  Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : 'the end'
