// Which endpoints of a chain are believed, and which block is its newest: pure, from what each of them said.
import { formatDuration } from '../kernel/duration.ts'
import { nsToMs } from '../kernel/nanotime.ts'

/** Further behind than both of these is behind; a load balancer's step back is less. */
export const BLOCKS_BEHIND = 10n
const BEHIND_NS = 30_000_000_000n
/** A chain whose newest block is older makes none, as far as can be seen; unless it has its own rhythm. */
export const FRESH_NS = 300_000_000_000n
/** A chain is not taken to have started again on one endpoint's word while another was heard within this time. */
const LONG_SILENT_NS = 3_600_000_000_000n

/** Tenths of a second: the fastest chains known make a block in four of them. */
const FASTEST_BLOCK_NS = 100_000_000n

/** A block of some chain: its height, and its header's time in Unix nanoseconds. */
export interface KnownBlock {
  height: bigint
  timeNs: bigint
}

/** A block as an endpoint gave it, with the chain id in its header. */
export interface Block extends KnownBlock {
  chainId: string
}

/** What asking one endpoint for its latest block came to; `failed` in words, such as "time-out". */
export type Probe = Probed | { failed: string }

export interface Probed {
  block: Block
  latencyMs: number
  /** What its server's clock showed, Unix ms. */
  serverMs?: number | null
  /** How old the block may be by the chain's own rhythm; null or left out: not known. */
  patienceNs?: bigint | null
  /**
   * By our own looks the block rises, old as it is: the node is `late`; or, by its own clock, `in-time`, and this
   * machine's clock is fast. `unsure`: it is the first old one after a new one, and the next look tells whether the chain
   * halted since or the node is late: it is not gone by. Left out: none of these.
   */
  rises?: 'late' | 'in-time' | 'unsure'
}

export interface Candidate {
  url: string
  probe: Probe
  /** The highest block that this endpoint itself was believed with before. */
  said: Block | null
}

export interface Judgement {
  state: 'fresh' | 'halted' | 'behind' | 'wrong-chain' | 'went-back' | 'disagrees' | 'failing'
  reason: string | null
}

/** The block that an endpoint of the right chain id gave. */
interface Claim extends Pick<Probed, 'block' | 'rises'> {
  url: string
  said: Block | null
  patienceNs: bigint | null
}

export interface PoolJudgement {
  judgements: Map<string, Judgement>
  /** The newest block that is believed; null when none is. */
  head: { block: Block; url: string; halted: boolean; patienceNs: bigint } | null
  /** The height known before, where the chain has started again below it; else null. */
  restartedFrom: bigint | null
}

/**
 * Judges every endpoint of one chain. `known` is the best block believed before (over restarts of the process too),
 * `nowNs` Unix nanoseconds.
 *
 * Nobody overrules the others alone (see `whoAgrees`). Of those that are left, a block below the known one by more than
 * ten, but *later* than it, cannot be a lagging node of the same chain: block times only rise. Where every endpoint
 * says so, or two agree on it against others, the chain has started again; where they differ, those are on another
 * chain under the same id and are not believed.
 */
export function judge(
  chainId: string,
  candidates: readonly Candidate[],
  known: Block | null,
  nowNs: bigint,
): PoolJudgement {
  const judgements = new Map<string, Judgement>()
  const claims: Claim[] = []
  for (const { url, probe, said } of candidates) {
    if ('failed' in probe) judgements.set(url, { state: 'failing', reason: probe.failed })
    else if (probe.block.chainId !== chainId) {
      judgements.set(url, { state: 'wrong-chain', reason: `serves ${named(probe.block.chainId)}` })
    } else claims.push({ ...probe, url, said, patienceNs: probe.patienceNs ?? null })
  }

  const { agreed, refused } = whoAgrees(claims, known, nowNs, candidates.length > 1)
  const unopposed = claims.filter((claim) => !refused.has(claim))
  const isAgain = (claim: Claim) =>
    known !== null &&
    !canBeOneChain(claim.block, known) &&
    // One alone must show by its time that it is not merely late; of those that agree, none was on the known chain.
    (claim.block.timeNs > known.timeNs || agreed.has(claim))
  const voters = agreed.size > 0 ? [...agreed] : unopposed
  const restarted = voters.length > 0 && voters.every(isAgain)
  const goesOnFrom = restarted ? null : known

  const notRefused: Claim[] = []
  for (const claim of claims) {
    const { url, block, said } = claim
    // What most agree on is not refused because an endpoint has told another story before.
    const wentBackFrom = isAgain(claim) ? known : agreed.has(claim) ? null : said
    if (!restarted && wentBackFrom && isBelow(block, wentBackFrom)) {
      const reason = `went back from ${wentBackFrom.height} to ${block.height}`
      judgements.set(url, { state: 'went-back', reason })
    } else if (refused.has(claim)) {
      const other = claims.find((one) => !canBeOneChain(one.block, block))?.block ?? known
      const reason = `at block ${block.height}, which cannot be one chain with block ${other?.height} of others`
      judgements.set(url, { state: 'disagrees', reason })
    } else notRefused.push(claim)
  }

  let highest = goesOnFrom
  for (const { block } of notRefused) if (!highest || block.height > highest.height) highest = block
  const upToDate = notRefused.filter((claim) => {
    const behindNs = behindBy(claim, highest, nowNs)
    if (behindNs <= BEHIND_NS) return true
    judgements.set(claim.url, { state: 'behind', reason: `${inWords(behindNs)} behind` })
    return false
  })

  let newest: Claim | null = null
  for (const one of upToDate) if (!newest || one.block.height > newest.block.height) newest = one
  const isOld = newest !== null && nowNs - newest.block.timeNs > shortest(upToDate)
  const halted = isOld && newest!.rises !== 'in-time'
  for (const { url, block } of upToDate) {
    const reason = halted ? `newest block ${inWords(nowNs - block.timeNs)} old` : null
    judgements.set(url, { state: halted ? 'halted' : 'fresh', reason })
  }
  return {
    judgements,
    head: newest && newest.rises !== 'unsure' ? { ...newest, halted, patienceNs: shortest(upToDate) } : null,
    restartedFrom: restarted && known ? known.height : null,
  }
}

function behindBy({ block, rises }: Claim, highest: Block | null, nowNs: bigint): bigint {
  if (rises === 'late') return nowNs - block.timeNs
  return highest && isBelow(block, highest) ? highest.timeNs - block.timeNs : 0n
}

/** How old the newest block may be. Of those that know the chain's rhythm the most impatient counts: none alone hides a halt. */
function shortest(claims: readonly Claim[]): bigint {
  const known = claims.flatMap(({ patienceNs }) => patienceNs ?? [])
  return known.length === 0 ? FRESH_NS : known.reduce(earlier)
}

/**
 * Which of the blocks contradict the others. Only fresh ones have a voice: nodes that stand still (an upgrade they
 * did not take) agree as well, and must not hold back the one that goes on. The largest group that can be of one chain
 * is believed. Where no group is larger, it is the one that goes on from what was known; where that does not tell them
 * apart either, nobody: of two that contradict each other the higher one may be a fork on which an expired client is
 * well, and a chain that cannot be read is told, with its deadlines, while a wrong one is silence.
 */
function whoAgrees(
  right: readonly Claim[],
  known: Block | null,
  nowNs: bigint,
  hasOthers: boolean,
): { agreed: ReadonlySet<Claim>; refused: ReadonlySet<Claim> } {
  const newestNs = right.reduce((newest, { block }) => later(newest, block.timeNs), 0n)
  // Where nothing is fresh by this machine's clock (it may be wrong), the newest block is the measure.
  const freshFromNs = (nowNs - newestNs > FRESH_NS ? newestNs : nowNs) - FRESH_NS
  const isFresh = ({ block }: Claim) => block.timeNs >= freshFromNs
  const fresh = right.filter(isFresh)
  // A time in the future makes no room for invented blocks, unless another bears it out: then this clock is slow.
  const times = [...right.map(({ block }) => block.timeNs), known?.timeNs ?? 0n].sort(latestFirst)
  const latestNs = later(nowNs, times[1] ?? 0n) + FRESH_NS
  const asSeen = ({ block }: Claim): Block => ({ ...block, timeNs: earlier(block.timeNs, latestNs) })
  const fits = (a: Claim, b: Claim) => canBeOneChain(asSeen(a), asSeen(b))

  const groups = fresh.map((top) => ({
    top,
    members: fresh.filter((one) => one.block.height <= top.block.height && fits(one, top)),
  }))
  const most = Math.max(0, ...groups.map(({ members }) => members.length))
  const largest = groups.filter(({ members }) => members.length === most)
  const isOne = (some: typeof groups) => some.every((a) => some.every((b) => fits(a.top, b.top)))
  const goesOn = ({ top }: { top: Claim }) => known !== null && canBeOneChain(asSeen(top), known)
  const goingOn = isOne(largest) ? largest : largest.filter(goesOn)
  if (goingOn.length === 0 || !isOne(goingOn)) return { agreed: new Set(), refused: new Set(right) }
  const { top, members } = goingOn.reduce((a, b) => (b.top.block.height > a.top.block.height ? b : a))
  if (fresh.length === 1 && known && !goesOn({ top })) {
    const refused = hasOthers && overrules(top, known) ? [top] : []
    return { agreed: new Set(), refused: new Set(refused) }
  }
  const isRefused = (claim: Claim) =>
    !fits(claim, top) && (isFresh(claim) || claim.block.height > top.block.height)
  return { agreed: new Set(most > 1 ? members : []), refused: new Set(right.filter(isRefused)) }
}

/**
 * Whether one alone would overrule what was known while nobody else can be asked, where there are others: by a leap,
 * or as a chain that has started again, until the others have been silent for long. What it said itself it may take
 * back.
 */
function overrules({ block, said }: Claim, known: Block): boolean {
  if (block.height > known.height) return true
  const isItsOwn = said !== null && !isBelow(said, known)
  return !isItsOwn && block.timeNs - known.timeNs < LONG_SILENT_NS
}

const earlier = (a: bigint, b: bigint) => (a < b ? a : b)
const later = (a: bigint, b: bigint) => (a > b ? a : b)
const latestFirst = (a: bigint, b: bigint) => (a > b ? -1 : a < b ? 1 : 0)

/** Whether both can be blocks of one chain: times rise with heights, and no chain makes more than ten blocks a second. */
export function canBeOneChain(a: KnownBlock, b: KnownBlock): boolean {
  const [low, high] = a.height <= b.height ? [a, b] : [b, a]
  const passedNs = high.timeNs > low.timeNs ? high.timeNs - low.timeNs : 0n
  return high.height - low.height <= BLOCKS_BEHIND + passedNs / FASTEST_BLOCK_NS
}

/** Whether `block` is below `other` by more than a load balancer's step back. */
function isBelow(block: Block, other: Block): boolean {
  return block.height < other.height - BLOCKS_BEHIND
}

/** A chain id as it may stand in a message: it is the endpoint's own text. */
function named(chainId: string): string {
  return /^[\w.-]{1,50}$/.test(chainId) ? chainId : 'another chain'
}

const inWords = (ns: bigint): string => formatDuration(nsToMs(ns))
