// The time of a client's consensus state, and when it is believed that there is none.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { timestampNs, uint64 } from './schemas.ts'
import { AnswerError, type ChainPool, type ConsensusTime, type Height, type ReadOptions } from './types.ts'
import { isSecondLook } from './unproven.ts'

/** Tendermint writes a time; attestations write Unix nanoseconds as a number in a string. */
const consensusState = z.object({ consensus_state: z.object({ timestamp: uint64.or(timestampNs) }) })

/** How often a "not found" is asked for until it comes from a node that is as far as the client state was. */
const ABSENT_TRIES = 3

/**
 * The time in the client's consensus state at `height`, which never changes. `absent` only when a second try, from
 * another endpoint where there is one, says so as well at a height not below `atLeastHeight` (the height that the
 * client state was read at): a node behind knows nothing yet of a new consensus state. An endpoint that gives no heights
 * is believed at a second look, a minute later or more (`nowMs`, Unix ms; left out: never).
 * @throws {UpstreamError} `stale` when only nodes behind that height say "not found"
 */
export async function readConsensusTime(
  pool: ChainPool,
  clientId: string,
  height: Height,
  options: ReadOptions & { atLeastHeight?: bigint | null; nowMs?: number } = {},
): Promise<ConsensusTime> {
  const { atLeastHeight = null, nowMs, ...read } = options
  const path = `/ibc/core/client/v1/consensus_states/${encodeURIComponent(clientId)}/revision/${height.revision}/height/${height.height}`
  let avoid = read.avoid
  let saidAt = 'no height'
  let proven: string | null = null
  let unproven: string | null = null
  for (let attempt = 1; attempt <= ABSENT_TRIES; attempt++) {
    try {
      const answer = await pool.get(path, consensusState, { ...read, avoid })
      pool.unproven?.delete(path)
      return {
        kind: 'time',
        ns: answer.value.consensus_state.timestamp,
        endpoint: answer.endpoint,
        height: answer.height,
      }
    } catch (error) {
      if (!(error instanceof AnswerError) || error.code !== 5) throw error
      const isLateEnough = atLeastHeight === null || (error.height !== null && error.height >= atLeastHeight)
      if (attempt > 1 && isLateEnough)
        return { kind: 'absent', endpoint: error.endpoint, height: error.height }
      if (error.height !== null) saidAt = `height ${error.height}`
      else if (nowMs !== undefined) {
        if (isSecondLook(pool, error.endpoint, path, nowMs)) proven = error.endpoint
        else
          unproven = `${error.endpoint}: ${path}: "not found" without a block height is believed at a second look, a minute and a block later`
      }
      avoid = error.endpoint
    }
  }
  if (proven !== null) return { kind: 'absent', endpoint: proven, height: null }
  if (unproven !== null) return { kind: 'unproven', problem: unproven }
  const message = `${path}: "not found" at ${saidAt} is not believed: the client was read at height ${atLeastHeight}`
  throw new UpstreamError('stale', message, { endpoint: avoid })
}
