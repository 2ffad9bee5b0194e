// An old block is not taken on one answer: a balancer may have a node that stands still, and some chains make blocks seldom.
import type { Clock } from '../kernel/clock.ts'
import { msToNs } from '../kernel/nanotime.ts'
import type { Endpoint } from './endpoint.ts'
import {
  BLOCKS_BEHIND,
  type Block,
  FRESH_NS,
  type PoolJudgement,
  type Probe,
  type Probed,
} from './endpoint-health.ts'
import { createHeard } from './heard.ts'
import { APART_MS, createLooks } from './looks.ts'
import { bodyOf } from './newest-block.ts'
import { latestBlock, NODE } from './node.ts'
import { createProbe, type ProbeDeps } from './probe.ts'

/** How often an endpoint with an old block is asked again, at once: each time another node may answer. */
const AGAIN = 4
/** What was learnt of a rhythm is asked for anew after so many blocks. */
const LASTS_BLOCKS = 1000n
/** The last gaps between blocks that tell the rhythm of a chain: a halt among them, or two, is none. */
const GAPS = 5

/** `patienceNs`: how old it might be by the chain's own rhythm; `readMs`: when it was read last, Unix ms. */
export type RememberedBlock = Block & { patienceNs?: bigint; readMs?: number }

interface Deps {
  chainId: string
  endpoints: readonly Endpoint[]
  deps: ProbeDeps
  clock: Clock
  /** As it was known before this process. */
  known: RememberedBlock | null
  /** The best block that is believed. */
  best: () => Block | null
}

/** Asks endpoints for their newest block; for an old one more than once, and how long the chain takes for one. */
export function createOldBlocks({ chainId, endpoints, deps, clock, known, best }: Deps) {
  const { wire } = deps
  const prober = createProbe(deps, clock)
  const isAlone = endpoints.length === 1
  const ask = (endpoint: Endpoint, path: string) => prober.ask(endpoint, path, true)
  const heard = createHeard(clock, wire, best)
  /** What was learnt when an endpoint's old block was asked about, and when that was, Unix ms. */
  const learnt = new Map<Endpoint, { height: bigint; patienceNs: bigint | null; atMs: number }>()
  const looks = createLooks(clock, known)

  /** What is known of the chain's rhythm, until it has made so many blocks that it may have another. */
  const patienceOf = (endpoint: Endpoint): bigint | null => {
    const { height, patienceNs = null } = learnt.get(endpoint) ?? known ?? { height: 0n }
    return (best()?.height ?? 0n) - height > LASTS_BLOCKS ? null : patienceNs
  }
  const isOld = ({ timeNs }: Block) => msToNs(clock.now()) - timeNs > FRESH_NS
  const isBehind = ({ height }: Block) => height < (best()?.height ?? 0n) - BLOCKS_BEHIND

  /** What an endpoint answers to these paths that is a block of the chain. */
  const blocksAt = async (endpoint: Endpoint, heights: readonly bigint[]): Promise<Block[]> => {
    const answers = await Promise.all(heights.map((height) => ask(endpoint, `${NODE}/blocks/${height}`)))
    return answers.flatMap((answer) => {
      const block = bodyOf(answer, latestBlock)
      return block?.chainId === chainId ? [block] : []
    })
  }

  /** The highest block that an endpoint gives when it is asked again. */
  async function highestOf(endpoint: Endpoint, first: Block): Promise<Block> {
    const again = Array.from({ length: AGAIN }, () => prober.probe(endpoint))
    const [probes, syncing] = await Promise.all([Promise.all(again), ask(endpoint, `${NODE}/syncing`)])
    if (syncing.kind === 'answer' && !syncing.pinned && syncing.height !== null) heard.hear(syncing.height)
    const found = probes.flatMap((one) => ('block' in one && one.block.chainId === chainId ? one.block : []))
    const block = highest([first, ...found])
    if (!heard.isAbove(block)) return block
    // What is kept on the way (by a cache, by a balancer that goes by the path) is had by its height.
    const heights = Array.from({ length: AGAIN }, heard.height)
    return highest([block, ...(await blocksAt(endpoint, heights))])
  }

  /** How old the newest block may be; null: the blocks before it cannot be had, now or before. */
  async function learnPatience(endpoint: Endpoint, block: Block): Promise<bigint | null> {
    const before = patienceOf(endpoint)
    const heights = Array.from({ length: GAPS }, (_, n) => block.height - 1n - BigInt(n))
    // The time of the first block is that of the genesis file.
    const now = patienceBy([
      block,
      ...(await blocksAt(
        endpoint,
        heights.filter((one) => one > 1n),
      )),
    ])
    // Blocks on demand come in quick rows: after one, what was learnt before counts for half.
    if (now === null || before === null) return now ?? before
    return now > before / 2n ? now : before / 2n
  }

  async function lookAgainAt(endpoint: Endpoint, first: Probed): Promise<Probe> {
    const block = await highestOf(endpoint, first.block)
    if (isOld(block))
      learnt.set(endpoint, {
        height: block.height,
        patienceNs: await learnPatience(endpoint, block),
        atMs: clock.now(),
      })
    // Of a chain that halts, nodes stop some blocks apart.
    const isSeldom = (patienceOf(endpoint) ?? FRESH_NS) > FRESH_NS
    const isFar = isSeldom || heard.height() > block.height + BLOCKS_BEHIND
    if (isOld(block) && isFar && heard.isAbove(block) && !isBehind(block))
      return { failed: `at block ${block.height}, though others came from block ${heard.height()}` }
    return looks.take(endpoint, { ...first, block, patienceNs: patienceOf(endpoint) })
  }

  /**
   * Whether an old block that an endpoint gave is not enough to go by: others are higher, or it was not asked about for
   * a while, and is another one or its rhythm could not be learnt.
   */
  function isDoubtful(endpoint: Endpoint, block: Block): boolean {
    if (!isOld(block) || heard.isAbove(block)) return isOld(block)
    const last = learnt.get(endpoint)
    if (!last) return true
    const isAnswered = block.height === last.height && last.patienceNs !== null
    return !isAnswered && Math.abs(clock.now() - last.atMs) >= APART_MS
  }

  return {
    /** The newest block of an endpoint by one answer, with what is known of its chain's rhythm. */
    async probe(endpoint: Endpoint): Promise<Probe> {
      const first = await prober.probe(endpoint)
      if ('failed' in first || first.block.chainId !== chainId) return first
      return looks.take(endpoint, { ...first, patienceNs: patienceOf(endpoint) })
    },
    /** Where an old block would be gone by, looks again at those that gave one. Returns whether there are such. */
    async lookAgain({ head, judgements }: PoolJudgement): Promise<boolean> {
      if (head && !head.halted) return false
      const looks = endpoints.flatMap((endpoint) => {
        const { state } = judgements.get(endpoint.transport.name)!
        const { probe } = endpoint
        if (!probe || 'failed' in probe) return []
        const isLate = isAlone && state === 'went-back'
        if (!isLate && (state !== 'halted' || !isDoubtful(endpoint, probe.block))) return []
        return lookAgainAt(endpoint, probe).then((found) => {
          endpoint.probe = found
        })
      })
      await Promise.all(looks)
      return looks.length > 0
    },
    /** An answer came from this height. */
    hear: heard.hear,
    stands: looks.stand,
    /** The chain has started again: what was known of it before is no evidence any more. */
    forget(): void {
      heard.forget()
      learnt.clear()
      looks.forget()
    },
  }
}

const highest = (blocks: readonly Block[]): Block =>
  blocks.reduce((best, one) => (one.height > best.height ? one : best))

/**
 * How old the newest of these blocks (of one chain, in any order) may be before the chain counts as halted: twice as
 * long as it mostly takes for one, and at least `FRESH_NS`. Null: there are no two that follow each other.
 */
export function patienceBy(blocks: readonly Pick<Block, 'height' | 'timeNs'>[]): bigint | null {
  const times = new Map(blocks.map(({ height, timeNs }) => [height, timeNs]))
  const gaps = [...times].flatMap(([height, timeNs]) => {
    const before = times.get(height - 1n)
    return before === undefined ? [] : [timeNs - before]
  })
  const usual = gaps.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[(gaps.length - 1) >> 1]
  if (usual === undefined) return null
  return 2n * usual > FRESH_NS ? 2n * usual : FRESH_NS
}
