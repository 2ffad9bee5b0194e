// What is open in words and in order (pure): shared by `alerts` and the digest.

import { NOTE_MAX } from '../alerts/mark.ts'
import type { AlertState } from '../alerts/types.ts'
import { readChainIdentity } from '../chains/identity.ts'
import { CLAIM_WORDS, type Claim, claimNow, isLost, viewOf } from '../clients/claim.ts'
import { readClientIdentity } from '../clients/identity.ts'
import { clientLabel, expiresMs } from '../clients/words.ts'
import { RANK, SIGN } from '../words/levels.ts'
import { code, label, plain } from '../words/text.ts'
import { ago, at } from '../words/time.ts'
import type { OverviewDeps } from './commands/deps.ts'

/** What is asked for the words about an alert. */
export type OpenDeps = Pick<OverviewDeps, 'store' | 'directory' | 'describe' | 'chainStatus'>

/** An open alert with what it is about. */
export interface Open {
  state: AlertState
  /** How it is, such as `critical`. */
  word: string
  about: string
  deadlineMs: number | null
  /** About a client that is past its deadline, or frozen: what may be said of that; else null. */
  claim: Claim | null
}

/** What an open alert is about, in words, at `nowMs` (Unix ms). */
export function describe(deps: OpenDeps, identity: string, state: AlertState, nowMs: number): Open {
  const { store, directory } = deps
  const known = readClientIdentity(identity) ?? readChainIdentity(identity)
  const of = (about: string, word: string = state.level): Open => ({
    state,
    word,
    about,
    deadlineMs: null,
    claim: null,
  })
  if (!known) return of(deps.describe?.(identity) ?? code(identity, 80))
  if (known.kind === 'network') return of('no chain can be read')
  if (known.kind === 'unwatched') return of(`${label(known.chainId)}, which is named and not watched`)
  if (!('clientId' in known))
    return of(directory.label(known.chainId), known.kind === 'unread' ? 'unseen' : state.level)
  const row = store.client(known.chainId, known.clientId)
  const about = row
    ? clientLabel(row, directory)
    : `${directory.label(known.chainId)} ${label(known.clientId)}`
  const claim =
    row && known.kind === 'client' ? claimNow(row, viewOf(deps.chainStatus(row.chainId)), nowMs) : null
  const past = state.level === 'expired' && claim !== null ? CLAIM_WORDS[claim] : state.level
  const word = known.kind === 'unseen' ? 'unseen' : past
  return { state, word, about, deadlineMs: row ? expiresMs(row) : null, claim }
}

/** Open without having been told: it was past saving when it was first seen. */
export const isQuiet = ({ state }: Open) => state.toldLevel === null

/** The worst and the nearest first; what was past saving when first seen comes last. */
export function inOrder(a: Open, b: Open): number {
  const quiet = Number(isQuiet(a)) - Number(isQuiet(b))
  if (quiet !== 0) return quiet
  const rank = RANK[b.state.level] - RANK[a.state.level]
  if (rank !== 0) return rank
  const far = Number.MAX_SAFE_INTEGER
  return (a.deadlineMs ?? far) - (b.deadlineMs ?? far) || a.state.alertId! - b.state.alertId!
}

/** "#41 🟠 **critical** Osmosis 07-tendermint-1 (tracks Cosmos Hub) · expires in 9 minutes · open since …" */
export function lineText({ state, word, about, deadlineMs, claim }: Open, nowMs: number): string {
  const { level, ack } = state
  const unsure = level === 'expired' && claim === 'from-memory'
  const sign = SIGN[unsure ? 'blind' : level]
  const verb =
    deadlineMs === null || deadlineMs > nowMs ? 'expires' : isLost(claim) ? 'expired' : 'deadline was'
  const deadline = deadlineMs === null ? '' : `${verb} ${ago(deadlineMs)}`
  const parts = [
    `#${state.alertId} ${sign} **${word}** ${about}`,
    deadline,
    `open since ${ago(state.raisedMs ?? state.sinceMs)}`,
    ack
      ? `👀 <@${ack.userId}> has it until ${at(ack.untilMs)}${ack.note ? `: ${plain(ack.note, NOTE_MAX)}` : ''}`
      : '',
  ]
  return parts.filter(Boolean).join(' · ')
}
