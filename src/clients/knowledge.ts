// What a sweep may know beforehand: from the database in the running bot, empty and in memory for one look (`check`).
import type { Height } from '../cosmos/types.ts'
import type { ClientUse } from './types.ts'

/**
 * Questions whose answer changes seldom; `question` is such as `v2:07-tendermint-3`. `uses`: when connections and channels
 * were last read whole; `uses lost`: whether they could not be since then, and from when on.
 */
export interface SeldomAnswer {
  answer: 'yes' | 'no' | 'not-supported'
  askedMs: number
}

/** The memory of one host chain. */
export interface Knowledge {
  consensusTime(clientId: string, height: Height): bigint | null
  /** All known times, for the order of reading. */
  times(): Iterable<{ clientId: string; height: Height; timeNs: bigint }>
  useBefore(clientId: string): ClientUse | null
  /** Clients that were there before: a list without them is not whole, because clients are never removed. */
  clientIds(): Iterable<string>
  seldom(question: string): SeldomAnswer | null
  rememberSeldom(question: string, answer: SeldomAnswer): void
}

/** Keeps whether the connections and channels of a chain could be read when they were asked for at `askedMs` (Unix ms). */
export function rememberUses(knowledge: Knowledge, wereRead: boolean, askedMs: number): void {
  if (wereRead) knowledge.rememberSeldom('uses', { answer: 'yes', askedMs })
  if (wereRead === (knowledge.seldom('uses lost')?.answer === 'yes'))
    knowledge.rememberSeldom('uses lost', { answer: wereRead ? 'no' : 'yes', askedMs })
}

/** A memory that starts empty and is gone with the process. */
export function emptyKnowledge(): Knowledge {
  const seldom = new Map<string, SeldomAnswer>()
  return {
    consensusTime: () => null,
    times: () => [],
    useBefore: () => null,
    clientIds: () => [],
    seldom: (question) => seldom.get(question) ?? null,
    rememberSeldom: (question, answer) => seldom.set(question, answer),
  }
}
