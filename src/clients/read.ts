// Reading one client: its consensus time where the type has a rule, the chain's word where it has none.

import { isMalformed } from '../cosmos/client-state.ts'
import { hasCounterpartyV2, readClient, readClientStatus, readConsensusTime } from '../cosmos/ibc.ts'
import type { ChainPool, ClientState, Head, ReadOptions } from '../cosmos/types.ts'
import { isUpstream } from '../cosmos/types.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Reading, Unreadable } from './assess.ts'
import { emptyKnowledge, type Knowledge } from './knowledge.ts'
import type { Subject } from './types.ts'

export interface ReadContext {
  pool: ChainPool
  head: Head
  allowedClients: readonly string[] | null
  knowledge: Knowledge
  nowMs: () => number
}

/**
 * Reads what the verdict on one client needs. What cannot be read comes back as `Unreadable`; nothing is thrown
 * for a chain's failure.
 */
export async function readSubject(
  subject: Pick<Subject, 'clientId' | 'state'>,
  context: ReadContext,
  options: ReadOptions = {},
): Promise<Reading | Unreadable> {
  const { state } = subject
  if (isMalformed(state)) return { cause: state.problem }
  try {
    return await readState(state, context, options)
  } catch (error) {
    if (!isUpstream(error)) throw error
    return { cause: messageOf(error) }
  }
}

async function readState(
  state: ClientState,
  context: ReadContext,
  options: ReadOptions,
): Promise<Reading | Unreadable> {
  const { pool, head, allowedClients, knowledge } = context
  // With the endpoint that gave the state: a late node shows by what it says of the latest height.
  const { clientId, readAtHeight, ...facts } = state
  const reading: Reading = {
    ...facts,
    authorized:
      allowedClients === null
        ? null
        : allowedClients.includes('*') || allowedClients.includes(state.clientType),
    consensus: 'not-needed',
    chainSays: null,
    hostTimeNs: head.timeNs,
    hostPatienceNs: head.patienceNs,
    readMs: context.nowMs(),
  }
  if (state.rule === 'ask') {
    const says = await readClientStatus(pool, clientId, options)
    return { ...reading, chainSays: says, readMs: context.nowMs() }
  }
  if (state.rule === 'flag' || state.latestHeight === null) return reading
  const known = knowledge.consensusTime(clientId, state.latestHeight)
  if (known !== null) return { ...reading, consensus: { ns: known } }
  const time = await readConsensusTime(pool, clientId, state.latestHeight, {
    ...options,
    atLeastHeight: readAtHeight ?? head.height,
    nowMs: context.nowMs(),
  })
  if (time.kind === 'unproven') return { cause: time.problem, unproven: true }
  return {
    ...reading,
    consensus: time.kind === 'time' ? { ns: time.ns } : time.height === null ? 'absent-twice' : 'absent',
    endpoint: time.kind === 'time' ? state.endpoint : time.endpoint,
    readMs: context.nowMs(),
  }
}

/**
 * Reads one client whole and anew: the host's block, the client state, its consensus time. Used before somebody is
 * called and when a threshold is due. `options.avoid` names the endpoint of the reading before.
 */
export async function readAnew(
  clientId: string,
  context: Pick<ReadContext, 'pool' | 'allowedClients' | 'nowMs'>,
  options: ReadOptions = {},
): Promise<Reading | Unreadable> {
  try {
    const head = await context.pool.head({ signal: options.signal })
    const state = await readClient(context.pool, clientId, options)
    // Without what is known: the point is to hear it from somebody else.
    return await readSubject({ clientId, state }, { ...context, head, knowledge: emptyKnowledge() }, options)
  } catch (error) {
    if (!isUpstream(error)) throw error
    return { cause: messageOf(error) }
  }
}

/** How long a "no" to the question about an IBC v2 counterparty stands. */
const SELDOM_MS = 24 * 3_600_000

/**
 * Whether a client has an IBC v2 counterparty. A "yes" is kept; a "no" is asked again after a day, and a version
 * without the route is asked again, once per chain, after a day. Null: it could not be asked now.
 */
export async function askCounterpartyV2(
  clientId: string,
  context: Pick<ReadContext, 'pool' | 'knowledge' | 'nowMs'>,
  options: ReadOptions = {},
): Promise<boolean | null> {
  const { knowledge, pool } = context
  const fresh = (question: string) => {
    const known = knowledge.seldom(question)
    return known && (known.answer === 'yes' || context.nowMs() - known.askedMs < SELDOM_MS)
      ? known.answer
      : null
  }
  const known = fresh(`v2:${clientId}`) ?? (fresh('v2') === 'not-supported' ? 'no' : null)
  if (known !== null) return known === 'yes'
  try {
    const answer = await hasCounterpartyV2(pool, clientId, options)
    const askedMs = context.nowMs()
    if (answer === 'not-supported') knowledge.rememberSeldom('v2', { answer, askedMs })
    else knowledge.rememberSeldom(`v2:${clientId}`, { answer: answer ? 'yes' : 'no', askedMs })
    return answer === true
  } catch (error) {
    if (!isUpstream(error)) throw error
    return null
  }
}
