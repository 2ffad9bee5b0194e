// A chain of one small node for the tests of the questions, and recorded answers for it to give.
import { afterEach } from 'vitest'
import { z } from 'zod'
import type { ChainPool } from '../../../src/cosmos/types.ts'
import { UpstreamError } from '../../../src/kernel/errors.ts'
import type { Recorded } from '../../support/fixtures.ts'
import {
  at,
  BLOCKS,
  block,
  fastClock,
  grpc,
  type Handler,
  poolOver,
  type Reply,
  startNode,
  type TinyNode,
} from './tiny-node.ts'

/** Closed after each test. */
export const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
/** A question that is no basic route, and what it is answered with. */
export const PATH = '/ibc/core/client/v1/params'
export const schema = z.object({ from: z.string() })
export const good = (from: string): Reply => ({ headers: at(100), body: { from } })

/** A node that is closed after the test. */
export async function node(handler: Handler): Promise<TinyNode> {
  const started = await startNode(handler)
  open.push(started)
  return started
}

/** A node at height 100 that answers everything but its block with `reply`. */
export function serving(
  reply: Reply | ((path: string) => Reply),
  newest: Reply = block(100),
): Promise<TinyNode> {
  return node((path) => (path.endsWith(BLOCKS) ? newest : typeof reply === 'function' ? reply(path) : reply))
}

/** A pool that is closed after the test. */
export function pool(...args: Parameters<typeof poolOver>): ChainPool {
  const made = poolOver(...args)
  open.push(made)
  return made
}

/** The UpstreamError that `work` ends with. */
export async function failure(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (thrown) => thrown,
  )
  if (!(error instanceof UpstreamError)) throw error
  return error
}

/** How many questions a node was asked, health checks aside. */
export const questions = (one: TinyNode) => one.asked.filter((path) => !path.endsWith(BLOCKS)).length

/** A chain whose only endpoint answers as `reply` says; its newest block is below all recorded heights. */
export async function chainOf(reply: (path: string) => Reply): Promise<{ chain: ChainPool; node: TinyNode }> {
  const node = await startNode((path) => (path.endsWith(BLOCKS) ? block(1) : reply(path)))
  const chain = poolOver([node], { wireClock: fastClock })
  open.push(node, chain)
  return { chain, node }
}
/** A recorded answer. */
export const replay = ({ status, headers, body }: Recorded): Reply => {
  const height = headers['Grpc-Metadata-X-Cosmos-Block-Height']
  return { status, headers: height ? at(BigInt(height)) : {}, body }
}
/** The page that is asked for. */
export const pageKey = (path: string) => new URL(path, 'http://x').searchParams.get('pagination.key') ?? ''
/** Serves a recorded walk: each page to whoever asks with its key, whatever the limit. */
export const walk = (pages: Recorded[]) => (path: string) => {
  const page = pages.find(({ request }) => pageKey(request.path) === pageKey(path))
  return page ? replay(page) : grpc(400, 3, `no page ${path}`)
}
