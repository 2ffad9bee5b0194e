// Where a node's newest block is read: its latest block, or, where that cannot be had, what else tells of it.
import { z } from 'zod'
import type { Meaning } from './classify.ts'
import type { Block } from './endpoint-health.ts'
import { BLOCKS_LATEST, latestBlock, NODE, nodeInfo } from './node.ts'
import { firstIssue, timestampNs, uint64 } from './schemas.ts'

/** From SDK 0.50 on; it names no chain. */
const STATUS = '/cosmos/base/node/v1beta1/status'
const nodeStatus = z.object({ height: uint64, timestamp: timestampNs })
/** SDK 0.54 names the height. */
const syncingHeight = z.object({ latest_block_height: uint64 })

/** A second route is waited for so long. */
export const SECOND_MS = 5000

/** Asks one path of the node; `isSecond`: besides, so that it must not take long. */
export type AskNode<M extends Meaning> = (path: string, isSecond: boolean) => Promise<M>

/** `otherFirst`: next time the latest block need not be asked for first; it costs too much, or other ways were spared. */
export type NewestBlock<M> = { otherFirst: boolean } & (
  | { block: Block }
  | { answer: M; misfit: string | null }
)

/**
 * The newest block of a node. Its latest block names all that is needed; it may be larger than the node or we take,
 * or kept from us by a front. Then height and time are the node's status', and the chain id is that of its node info;
 * without a status (SDK 0.47 and before) they are those of the block at the height of any answer, or of the one before.
 * A node in distress (`isSlow`) is asked for one or the other.
 */
export async function newestBlock<M extends Meaning>(
  ask: AskNode<M>,
  { otherFirst = false, isSlow = false } = {},
): Promise<NewestBlock<M>> {
  const early = otherFirst ? await otherRoutes(ask) : null
  if (early) return { block: early, otherFirst }
  const answer = await ask(BLOCKS_LATEST, false)
  const parsed = answer.kind === 'answer' ? latestBlock.safeParse(answer.json) : null
  if (parsed?.success) return { block: parsed.data, otherFirst: false }
  const misfit = parsed ? firstIssue(parsed.error) : null
  if (otherFirst || !mayTellOtherwise(answer)) return { answer, misfit, otherFirst: false }
  if (isFault(answer) && isSlow) return { answer, misfit, otherFirst: true }
  const block = await otherRoutes(ask)
  return block ? { block, otherFirst: isCostly(answer) } : { answer, misfit, otherFirst: false }
}

/** Whoever does not answer at all, asks us to wait, or has no node behind it, is not asked for more. */
function mayTellOtherwise(answer: Meaning): boolean {
  if (answer.kind === 'restarted') return false
  if (answer.kind !== 'outage') return true
  if (answer.error === 'network' || answer.retryAfter !== null) return false
  return !['429', '502', '503'].includes(answer.reason)
}

/** What slows the pace: a time-out, or an error of the server's. */
const isFault = (answer: Meaning) =>
  answer.kind === 'outage' &&
  (answer.error === 'timeout' || (answer.error === 'http' && answer.reason.startsWith('5')))

const isCostly = (answer: Meaning) =>
  isFault(answer) ||
  answer.kind === 'too-much' ||
  (answer.kind === 'outage' && answer.reason === 'answer too big')

async function otherRoutes(ask: AskNode<Meaning>): Promise<Block | null> {
  const info = await ask(`${NODE}/node_info`, true)
  // It is down altogether.
  if (isFault(info) || (info.kind === 'outage' && info.error === 'network')) return null
  const status = await ask(STATUS, true)
  if (info.kind === 'outage' && status.kind === 'outage') return null
  const chainId = bodyOf(info, nodeInfo)?.default_node_info.network
  const told = bodyOf(status, nodeStatus)
  // A node that has made no block since its start may tell of none.
  const isBlock = told && told.height > 0n && told.timestamp > 0n
  if (isBlock && chainId) return { chainId, height: told.height, timeNs: told.timestamp }
  const height = isBlock ? told.height : (heightOf(info) ?? heightOf(status) ?? (await syncedHeight(ask)))
  for (const back of height === null ? [] : [0n, 1n]) {
    const block = bodyOf(await ask(`${NODE}/blocks/${height! - back}`, true), latestBlock)
    if (block) return block
  }
  return null
}

async function syncedHeight(ask: AskNode<Meaning>): Promise<bigint | null> {
  const syncing = await ask(`${NODE}/syncing`, true)
  return bodyOf(syncing, syncingHeight)?.latest_block_height ?? heightOf(syncing)
}

const heightOf = (answer: Meaning) => ('height' in answer ? answer.height : null)

/** The body of an answer, where it fits; undefined of all else. */
export const bodyOf = <T>(answer: Meaning, schema: z.ZodType<T>): T | undefined =>
  answer.kind === 'answer' ? schema.safeParse(answer.json).data : undefined
