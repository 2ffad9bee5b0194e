// What a pager is told, and what its answers mean. Pure types, shared by every kind of pager.
import type { Request, WebhookAnswer } from '../outbox/send.ts'
import type { Level } from '../types.ts'

/** What one incident is told. */
export interface PageToSend {
  action: 'trigger' | 'acknowledge' | 'resolve'
  /** The same for all that is said of one incident, at most 255 characters. */
  key: string
  level: Level
  /** Everything in one line, as the first line of the message in Discord. */
  summary: string
  /** Further lines, without markup; empty for none. */
  details: string
  /** When it was put into the outbox, Unix ms. */
  atMs: number
  /** Where the alerts stand in Discord; null: not known. */
  url: string | null
  alerts: readonly PagedAlert[]
}

export interface PagedAlert {
  number: number
  identity: string
  level: Level
  headline: string
  /** When it gets worse by itself, Unix ms; null where it does not. */
  deadlineMs: number | null
}

/** Where a pager's pages go, out of its secret. */
export interface PagerTarget {
  url: string
  token: string | null
  /** The topic or chat; empty where the kind has none. */
  to: string
}

/**
 * What an answer means. `refused`: it will be again until somebody mends it; `to`: the chat that took the place of the one
 * asked. `wait`: nothing was accepted, as far as is known (`isCertain`: for sure), and it may pass; `waitMs`: for so long
 * nothing is to be sent; `lateMs`: for so long it may still be acted upon.
 */
export type PageVerdict =
  | { kind: 'accepted' }
  | { kind: 'refused'; reason: string; to?: string }
  | { kind: 'wait'; waitMs: number | null; reason: string; isCertain?: boolean; lateMs?: number }

/** One way of paging. */
export interface PagerKind {
  request: (target: PagerTarget, page: PageToSend) => Request
  /** Of a request, and of a question. */
  verdict: (answer: WebhookAnswer) => PageVerdict
  /** Asks what can be asked without paging anybody; null: nothing can. */
  question: ((target: PagerTarget) => Request) | null
}

/** Why a pager takes nothing, and since when (Unix ms). */
export interface PagerTrouble {
  sinceMs: number
  reason: string
}
