// What a chain itself says of a client's status, and when it is not believed.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { readSyncing } from './node.ts'
import type { ChainPool, ReadOptions } from './types.ts'

export type SaidStatus = 'active' | 'expired' | 'frozen' | 'unauthorized' | 'unknown'

const clientStatus = z.object({ status: z.string() })

/**
 * The chain's own verdict, for client types without a rule here. A node of SDK 0.50 or older that was restarted on a
 * halted chain says Active of everything (it judges with an empty header), and can be told by `syncing`.
 * @throws {UpstreamError} `stale` when only such nodes can be asked
 * @throws {AnswerError} code 5 for an unknown client up to ibc-go v8 (later: `unknown`)
 */
export async function readClientStatus(
  pool: ChainPool,
  clientId: string,
  options: ReadOptions = {},
): Promise<SaidStatus> {
  const path = `/ibc/core/client/v1/client_status/${encodeURIComponent(clientId)}`
  let read = options
  const believed = () => pool.endpoints().filter(({ state }) => state === 'fresh' || state === 'halted')
  if (believed().length === 0) await pool.head({ signal: options.signal })
  if (believed().some(({ state }) => state === 'halted')) {
    let node = await readSyncing(pool, read)
    if (node.syncing && !node.pinned) node = await readSyncing(pool, { ...read, avoid: node.endpoint })
    if (node.syncing && !node.pinned) {
      const message = `${node.endpoint}: a restarted node of a halted chain is not believed`
      throw new UpstreamError('stale', message, { endpoint: node.endpoint })
    }
    read = { signal: options.signal, only: node.endpoint }
  }
  const { value } = await pool.get(path, clientStatus, read)
  const status = value.status.toLowerCase()
  return STATUSES.find((known) => known === status) ?? 'unknown'
}

const STATUSES: readonly SaidStatus[] = ['active', 'expired', 'frozen', 'unauthorized', 'unknown']
