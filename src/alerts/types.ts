// The words of an alert's life: levels, observations, states, notices. Pure types, shared by every feature.
import type { Embed } from '../discord/command.ts'

/**
 * How bad it is, from `ok` upwards. Clients: warning, critical, expired, frozen. Chains: halted, blind.
 * Wallets: low. Faucet: dry. A thing moves along its own levels only; RANK in life.ts orders them.
 */
export type Level = 'ok' | 'warning' | 'critical' | 'expired' | 'frozen' | 'blind' | 'halted' | 'low' | 'dry'

/**
 * What a level rests on, from the weakest: an old reading and the clock (`memory`), a chain that was read but has not
 * judged yet because it makes no block (`clock`), or the thing as it was just read (`seen`).
 */
export type Basis = 'memory' | 'clock' | 'seen'

/** What a feature saw of one thing at one moment. */
export interface Observation {
  /** `unseen`: it could not be looked at. Neither raises nor resolves anything. */
  level: Level | 'unseen'
  /** When it gets worse by itself (a client's expiry), Unix ms; null where it does not. */
  deadlineMs: number | null
  /** The thing was never seen before: what is past saving (expired, frozen) is then recorded without an alarm. */
  first: boolean
  /** Alerts are about this thing (see Attention). When false, an open alert is withdrawn and none is raised. */
  about: boolean
  /**
   * Whether someone is to be called for this now. Clients: true. A blind chain: only when a deadline is near or
   * after a long time; when it turns true while the alert is open, the alert is said once more with the mention.
   */
  mention: boolean
  /** Since when it has been so, where that is known to be earlier than now, Unix ms. */
  sinceMs?: number
  /** Left out: `seen`. */
  basis?: Basis
}

/** Where an alert's life stands: one row per identity, as JSON in the store. */
export interface AlertState {
  level: Level
  /** Since when the level lasts, as far as is known, Unix ms. */
  sinceMs: number
  /** Number of the open alert (`#41`), kept through escalations until it is over; null when none is open. */
  alertId: number | null
  /** Since when the open alert's matter lasts: when it was first raised, or before where that is known. Unix ms. */
  raisedMs: number | null
  /**
   * The worst level that was told, of the open alert; null when it is open without having been told (quiet). Where none
   * is open: the level past saving that is no news any more.
   */
  toldLevel: Level | null
  /** When the last notice about it was made, Unix ms. */
  lastNoticeMs: number | null
  /** Time left at the last notice, ms; null where there was no deadline. For the reminder at half of it. */
  leftAtNoticeMs: number | null
  /** Whether the open alert has tagged anyone yet. */
  mentioned: boolean
  /** What the told level rested on; left out: `seen`. What was less is told again when it is surer. */
  basis?: Basis
  /** Who has it: quiet until `untilMs`, or until it is worse than `level`. */
  ack: {
    userId: string
    /** As Discord showed it then. */
    name?: string
    atMs: number
    untilMs: number
    level: Level
    note: string | null
  } | null
  /** Who had it last: tagged when it is over, too. */
  hadBy?: string
  /** Since when somebody is called and nobody has it, Unix ms; null: nobody is, or it was escalated. */
  calledMs?: number | null
  /** The levels at which it was escalated. */
  escalated?: Level[]
}

/**
 * Something to tell.
 * - `raised`: from nothing to a level, or to a worse one (then `from` is the level before)
 * - `quiet`: first seen when it was past saving; goes into the summary line of the first look
 * - `called`: the same alert, now with the mention (blind chains)
 * - `confirmed`: what was told from memory, or by the clock, is seen now; at this level, which may be a lower one
 * - `reminder`: it lasts; tags also whoever had it until now
 * - `escalated`: somebody was called, and nobody has it
 * - `resolved`: it is over and was told before; tags only who acknowledged it
 * - `recovered`: expired or frozen came back to life (also when it was quiet)
 * - `withdrawn`: alerts are no longer about it
 * - `digest`: about no alert: the sum of a week. A message of its own, never edited and never left out
 */
export type NoticeKind =
  | 'raised'
  | 'quiet'
  | 'called'
  | 'confirmed'
  | 'reminder'
  | 'escalated'
  | 'resolved'
  | 'recovered'
  | 'withdrawn'
  | 'digest'

export interface Notice {
  kind: NoticeKind
  level: Level
  from: Level
  /** What `level` rests on; left out: `seen`. */
  basis?: Basis
  /** What `from` rested on when it was told; left out: `seen`. */
  fromBasis?: Basis
  alertId: number
  /** Tag the configured roles and the watchers. */
  mention: boolean
  /** User to tag besides: who acknowledged it, when it is over, got worse, or their time is. */
  ackedBy: string | null
  /** Since when the alert is or was open, Unix ms. */
  raisedMs: number
  /** Since when `from` lasted, Unix ms; left out: `raisedMs`. Of what is escalated: since when somebody is called. */
  fromMs?: number
  /** Of what is escalated: wakes the pagers too. */
  pages?: boolean
}

/** When reminders are due. All in milliseconds. */
export interface LifePolicy {
  /** Infinity: no reminders at all, each level is told once. */
  remindEveryMs: number
  /** When nobody has acknowledged what somebody was called for; left out: never. */
  escalateAfterMs?: number | undefined
}

/** A notice with its words, made by the feature it is about. The outbox stores these as JSON. */
export interface Message {
  identity: string
  notice: Notice
  /** The whole story in one line, verdict first, plain UTC, without the mention and without a line break. */
  headline: string
  /** For grouping: "Osmosis", the subject that several messages of one storm share; null: never grouped. */
  group: string | null
  /** The details; null for messages that are one line. */
  embed: Embed | null
  /** Whom to tag: `<@&id>` and `<@id>`; empty for nobody. */
  mention: string[]
  /** The thing's short name, such as `07-tendermint-1`: for the line that sums up a storm. */
  subject?: string
  /** When it gets worse by itself, Unix ms: the nearest of a storm stands first. */
  deadlineMs?: number | null
  /** Since when another watcher may have told it, Unix ms: a client's last update. Left out: since it is open. */
  openSinceMs?: number | null
  /** Of what is told once more: when this one told it last, Unix ms. */
  againSinceMs?: number
  /** A second watcher tells it, and says so. */
  isStandbys?: boolean
  /** The messages about it are edited, and nothing is posted. */
  editsOnly?: boolean
  /** What to type to see the whole group, such as `$data osmosis-1`; for `quiet`. */
  hint?: string
}
