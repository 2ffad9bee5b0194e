// Which endpoints of a chain are believed, and which block is its newest: pure, from what each of them said.

/** Further behind than both of these is behind; a load balancer's step back is less. */
export const BLOCKS_BEHIND = 10n
const BEHIND_NS = 30_000_000_000n
/** A chain whose newest block is older makes none, as far as can be seen. */
const FRESH_NS = 300_000_000_000n

/** A block as an endpoint gave it: the header's chain id, height and time (Unix nanoseconds). */
export interface Block {
  chainId: string
  height: bigint
  timeNs: bigint
}

/** What asking one endpoint for its latest block came to; `failed` in words, such as "time-out". */
export type Probe = { block: Block; latencyMs: number } | { failed: string }

export interface Candidate {
  url: string
  probe: Probe
  /** The highest block that this endpoint itself was believed with before. */
  said: Block | null
}

export interface Judgement {
  state: 'fresh' | 'halted' | 'behind' | 'wrong-chain' | 'went-back' | 'failing'
  reason: string | null
}

export interface Outcome {
  judgements: Map<string, Judgement>
  /** The newest block that is believed; null when none is. */
  head: { block: Block; url: string; halted: boolean } | null
  /** The height known before, where the chain has started again below it; else null. */
  restartedFrom: bigint | null
}

/**
 * Judges every endpoint of one chain. `known` is the best block believed before (over restarts of the process too),
 * `nowNs` Unix nanoseconds.
 *
 * A block below the known one by more than ten, but *later* than it, cannot be a lagging node of the same chain: block
 * times only rise. Where every endpoint of the right chain says so, the chain has started again; where they differ,
 * those are on another chain under the same id and are not believed.
 */
export function judge(
  chainId: string,
  candidates: readonly Candidate[],
  known: Block | null,
  nowNs: bigint,
): Outcome {
  const judgements = new Map<string, Judgement>()
  const right: { url: string; block: Block; said: Block | null }[] = []
  for (const { url, probe, said } of candidates) {
    if ('failed' in probe) judgements.set(url, { state: 'failing', reason: probe.failed })
    else if (probe.block.chainId !== chainId) {
      judgements.set(url, {
        state: 'wrong-chain',
        reason: `serves ${named(probe.block.chainId)}`,
      })
    } else right.push({ url, block: probe.block, said })
  }

  const startedAgain = right.filter(
    ({ block }) => known && isBelow(block, known) && block.timeNs > known.timeNs,
  )
  const restarted = startedAgain.length > 0 && startedAgain.length === right.length
  const reference = restarted ? null : known

  const believed: { url: string; block: Block }[] = []
  for (const { url, block, said } of right) {
    if (!restarted) {
      const wentBackFrom = startedAgain.some((other) => other.url === url) ? known : said
      if (wentBackFrom && isBelow(block, wentBackFrom)) {
        const reason = `went back from ${wentBackFrom.height} to ${block.height}`
        judgements.set(url, { state: 'went-back', reason })
        continue
      }
    }
    believed.push({ url, block })
  }

  let best = reference
  for (const { block } of believed) if (!best || block.height > best.height) best = block
  const kept = believed.filter(({ url, block }) => {
    if (!best || !isBelow(block, best) || best.timeNs - block.timeNs <= BEHIND_NS) return true
    judgements.set(url, { state: 'behind', reason: `${inWords(best.timeNs - block.timeNs)} behind` })
    return false
  })

  let newest: { url: string; block: Block } | null = null
  for (const one of kept) if (!newest || one.block.height > newest.block.height) newest = one
  const halted = newest !== null && nowNs - newest.block.timeNs > FRESH_NS
  for (const { url, block } of kept) {
    const reason = halted ? `newest block ${inWords(nowNs - block.timeNs)} old` : null
    judgements.set(url, { state: halted ? 'halted' : 'fresh', reason })
  }
  return {
    judgements,
    head: newest && { ...newest, halted },
    restartedFrom: restarted && known ? known.height : null,
  }
}

/** Whether `block` is below `other` by more than a load balancer's step back. */
function isBelow(block: Block, other: Block): boolean {
  return block.height < other.height - BLOCKS_BEHIND
}

/** A chain id as it may stand in a message: it is the endpoint's own text. */
function named(chainId: string): string {
  return /^[\w.-]{1,50}$/.test(chainId) ? chainId : 'another chain'
}

function inWords(ns: bigint): string {
  const seconds = Number(ns / 1_000_000_000n)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  if (seconds < 4 * 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
