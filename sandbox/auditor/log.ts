// What the auditor is given: what happened in the world, and what reached Discord. Times are Unix milliseconds of the world.

/** How a client is used: named by the team, open channels, or neither. Alerts are about the first two. */
export type Use = 'mine' | 'live' | 'idle'

/** Something that happened in the world; the world writes it down when it happens. */
export type WorldEvent = {
  atMs: number
} /** `names`: the configuration names clients of it as the team's own. */ & (
  | { kind: 'chain'; chainId: string; name: string; blockMs: number; names?: boolean }
  | {
      kind: 'client'
      chainId: string
      clientId: string
      trackedChainId: string
      trustingPeriodMs: number
      lastUpdateMs: number
      use: Use
    }
  /** Its channels were opened or closed. */
  | { kind: 'use'; chainId: string; clientId: string; use: Use }
  /** A header was taken, or governance put another client's state in its place: not frozen any more. */
  | { kind: 'updated'; chainId: string; clientId: string; lastUpdateMs: number }
  | { kind: 'frozen'; chainId: string; clientId: string }
  /** The chain makes no blocks from here on; `lastBlockMs`: the time of its newest one. */
  | { kind: 'halted'; chainId: string; lastBlockMs: number }
  | { kind: 'resumed'; chainId: string }
  /** It makes blocks from a low height again under the same id, with the state that it had. */
  | { kind: 'restarted'; chainId: string }
  /** What can be read through one endpoint of a chain (`old`: of an hour ago, unmarked), with what is wrong with it. */
  | {
      kind: 'endpoint'
      chainId: string
      endpoint: number
      reads: 'all' | 'part' | 'nothing' | 'old'
      fault: string | null
    }
  /** What is wrong with Discord: nothing can be told there; `takes`: it is, but how it is answered is odd. */
  | { kind: 'discord'; fault: string | null; takes?: true }
  /** What is wrong with the webhook alone: the bot's own account can speak. */
  | { kind: 'webhook'; fault: string | null }
  /** What is wrong with the pager alone. */
  | { kind: 'pager'; fault: string | null }
  /** Messages in which this text stands are refused; null: none any more. */
  | { kind: 'poison'; text: string | null }
  /** The bot cannot write to its disk. */
  | { kind: 'storage'; fault: string | null }
  /** A part of the bot that has nothing to do with clients throws at whatever it does. */
  | { kind: 'room'; room: string; broken: boolean }
  /** `killed`: it ended without a word; it came back with what was on its disk. `halted`: by SIGSTOP, until SIGCONT. */
  | { kind: 'bot'; runs: boolean; killed?: boolean; halted?: boolean }
  /** The first watcher does not reach Discord, or does again. */
  | { kind: 'cut'; cut: boolean }
  /** Whether a second watcher can look and speak. */
  | { kind: 'second'; lives: boolean }
  /** Somebody takes an alert on, or gives it back (`forMs` 0); `taken`: the bot has said so. `who`: their tag. */
  | { kind: 'acked'; name: string; clientId: string; who: string; forMs: number; taken: boolean }
  /** What the second watcher said where people ask. */
  | { kind: 'answered'; text: string }
  /** The bot ended by an error of its own, and was started again. */
  | { kind: 'died'; text: string }
  /** A command that a message advised was tried in the world when it was said. */
  | { kind: 'tried'; command: string; works: boolean; why: string }
)

/** A message that was sent to the alert channel, as it was answered; `status` 0: no answer was given. */
export interface ChannelRequest {
  atMs: number
  method: 'POST' | 'PATCH'
  /** Sent through the webhook, or by the bot's own account. */
  by?: 'webhook' | 'bot'
  /** By the second watcher's webhook, or its account; left out: the first one's. */
  from?: 'second'
  status: number
  /** Discord has taken it, whatever its answer was. */
  accepted: boolean
  messageId: string | null
  content: string
  /** Title and description of each embed, in one text. */
  embeds: string[]
  /** Who was called: `<@&id>`, `<@id>`. */
  tags?: string[]
}

/** An event that reached the pager; `lines`: of the alerts in it. `accepted`: it was taken, whatever the answer was. */
export interface PageRequest {
  atMs: number
  action: 'trigger' | 'acknowledge' | 'resolve'
  key: string
  status: number
  accepted: boolean
  lines: string[]
}

/** What reached those who are woken, and who waits for a ping. */
export interface Night {
  pages: PageRequest[]
  pings: { atMs: number; what: 'up' | 'start' | 'fail' }[]
}

/** What the bot was told to do; the defaults of its configuration page. */
export interface Policy {
  warnAt: number
  criticalAt: number
  warnWhenLeftMs: number
  blindAfterMs: number
  sweepEveryMs: number
  remindEveryMs: number
  /** Whom alerts tag; empty: nobody. */
  mention: string[]
}

export const POLICY: Policy = {
  warnAt: 0.8,
  criticalAt: 0.9,
  warnWhenLeftMs: 6 * 3_600_000,
  blindAfterMs: 600_000,
  sweepEveryMs: 600_000,
  remindEveryMs: 24 * 3_600_000,
  mention: [],
}

/** What the auditor has to say: the shortest story of what was wrong. */
export interface Finding {
  kind:
    | 'missed'
    | 'late'
    | 'false'
    | 'doubled'
    | 'not ended'
    | 'not marked'
    | 'bad advice'
    | 'mention'
    | 'not understood'
    | 'died'
  /** `chain/client`, or the chain; empty: the bot. */
  about: string
  atMs: number
  text: string
}

export type DueLevel =
  | 'warning'
  | 'critical'
  | 'expired'
  | 'frozen'
  | 'reminder'
  | 'over'
  | 'blind'
  | 'halted'
  | 'storage'
  | 'page'
  /** Due of two watchers, by either. */
  | 'second'

/** A notice that had to come, whether it came or not. */
export interface Due {
  /** Null: about the bot itself. */
  chainId: string | null
  /** Null: about the chain. */
  clientId: string | null
  level: DueLevel
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
