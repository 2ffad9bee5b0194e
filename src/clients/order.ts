// In which order clients are read (pure): the endangered first, found by bisection over header heights.

/** A client whose consensus time is to be read. */
export interface OrderItem {
  id: string
  /** Clients that follow the same chain and revision: their header times rise with height. */
  group: string
  height: bigint
  /** Age since the last update at which it is first in danger, and at which it is over; nanoseconds. */
  dangerAgeNs: bigint
  periodNs: bigint
  /** Alerts are about it: these come before all others. */
  about: boolean
}

interface Entry extends OrderItem {
  state: 'unread' | 'under-way' | 'read'
  timeNs: bigint | null
}

/**
 * In danger and not over yet; not known which; over; safe. In the order in which they are read: what can still be
 * saved comes first.
 */
const CLASSES = ['near', 'uncertain', 'beyond', 'safe'] as const
type Class = (typeof CLASSES)[number]

/** The place of an entry in the order of reading: those that alerts are about, by class, then the others. */
const rankOf = (about: boolean, kind: Class) => (about ? 0 : CLASSES.length) + CLASSES.indexOf(kind)
const RANKS = Array.from({ length: 2 * CLASSES.length }, (_, rank) => rank)
const LAST_SAVABLE = rankOf(true, 'uncertain')
const LAST_URGENT = rankOf(true, 'beyond')
const UNCERTAIN = [rankOf(true, 'uncertain'), rankOf(false, 'uncertain')]

/**
 * Orders the reading of `items`. `known` are consensus times that need not be read (cached ones), as points of the
 * same groups. What other people put into a header only changes the order: every client is given out exactly once.
 */
export function readingOrder(
  items: readonly OrderItem[],
  known: readonly { group: string; height: bigint; timeNs: bigint }[],
  nowNs: bigint,
) {
  const byId = new Map<string, Entry>()
  const groups = new Map<string, Group>()
  const groupOf = (name: string) => {
    const group = groups.get(name) ?? new Group(nowNs)
    groups.set(name, group)
    return group
  }
  for (const item of items) {
    const entry: Entry = { ...item, state: 'unread', timeNs: null }
    byId.set(item.id, entry)
    groupOf(item.group).entries.push(entry)
  }
  for (const point of known) {
    const group = groups.get(point.group)
    // A point without readers in its group orders nothing.
    group?.entries.push({
      ...point,
      id: '',
      dangerAgeNs: 0n,
      periodNs: 0n,
      about: false,
      state: 'read',
    })
  }
  for (const group of groups.values()) group.sort()
  const all = [...groups.values()]
  /** From the group that is asked the least at the moment: each answer narrows only its own group. */
  const pick = (rank: number): Entry | undefined => {
    let least: Group | null = null
    for (const group of all) {
      if (group.queueOf(rank).length > 0 && (!least || group.underWay < least.underWay)) least = group
    }
    return least?.take(rank)
  }
  return {
    /** The client to read next, or null when none is left. It counts as under way until `learned`. */
    next(): string | null {
      for (const rank of RANKS) {
        const entry = pick(rank)
        if (!entry) continue
        entry.state = 'under-way'
        return entry.id
      }
      return null
    },
    /** The consensus time that was read; null when there was none or it could not be read. */
    learned(id: string, timeNs: bigint | null): void {
      const entry = byId.get(id)
      if (!entry || entry.state === 'read') return
      entry.state = 'read'
      entry.timeNs = timeNs
      groups.get(entry.group)!.learned(entry, timeNs !== null)
    },
    /** Whether clients are left that alerts are about and that may be in danger but not over; under way ones count. */
    savableLeft: (): boolean => all.some((group) => group.anyLeft(LAST_SAVABLE)),
    /** The same, with those that are over. */
    urgentLeft: (): boolean => all.some((group) => group.anyLeft(LAST_URGENT)),
  }
}

/** The clients that follow one chain and revision, by height. */
class Group {
  readonly entries: Entry[] = []
  readonly #nowNs: bigint
  /** The unread entries by their rank. */
  #queues: Entry[][] = RANKS.map(() => [])
  readonly #underWay = new Map<Entry, number>()
  #stale = true

  constructor(nowNs: bigint) {
    this.#nowNs = nowNs
  }

  sort(): void {
    this.entries.sort((a, b) => (a.height < b.height ? -1 : a.height > b.height ? 1 : 0))
  }

  get underWay(): number {
    return this.#underWay.size
  }

  queueOf(rank: number): Entry[] {
    if (this.#stale) this.#classify()
    return this.#queues[rank]!
  }

  /** Takes the next entry of a rank, if there is one. */
  take(rank: number): Entry | undefined {
    const entry = this.queueOf(rank).shift()
    if (entry) this.#underWay.set(entry, rank)
    return entry
  }

  learned(entry: Entry, informative: boolean): void {
    this.#underWay.delete(entry)
    // A new point can only move what is still uncertain.
    if (informative && UNCERTAIN.some((rank) => this.#queues[rank]!.length > 0)) this.#stale = true
  }

  /** Whether an entry up to this rank is left, under way ones included. */
  anyLeft(last: number): boolean {
    const isQueued = RANKS.some((rank) => rank <= last && this.queueOf(rank).length > 0)
    return isQueued || [...this.#underWay.values()].some((rank) => rank <= last)
  }

  /** Sorts the unread entries into classes by the nearest known times below and above them. */
  #classify(): void {
    this.#stale = false
    this.#queues = RANKS.map(() => [])
    const above: (bigint | null)[] = new Array(this.entries.length)
    let next: bigint | null = null
    for (let i = this.entries.length - 1; i >= 0; i--) {
      above[i] = next
      next = this.entries[i]!.timeNs ?? next
    }
    let below: bigint | null = null
    /** Of uncertain neighbours, by rank; the last run is still open. */
    const runs = new Map<number, Entry[][]>(UNCERTAIN.map((rank) => [rank, [[]]]))
    for (const [i, entry] of this.entries.entries()) {
      if (entry.state !== 'unread') for (const own of runs.values()) own.push([])
      else {
        const rank = rankOf(entry.about, this.#classOf(entry, below, above[i] ?? null))
        const queue = runs.get(rank)?.at(-1) ?? this.#queues[rank]!
        queue.push(entry)
      }
      below = entry.timeNs ?? below
    }
    for (const [rank, own] of runs) this.#queues[rank] = bisected(own.filter((run) => run.length > 0))
  }

  #classOf(entry: Entry, belowNs: bigint | null, aboveNs: bigint | null): Class {
    const oldestNs = belowNs === null ? null : this.#nowNs - belowNs
    const youngestNs = aboveNs === null ? null : this.#nowNs - aboveNs
    if (oldestNs !== null && oldestNs < entry.dangerAgeNs) return 'safe'
    if (youngestNs !== null && youngestNs >= entry.periodNs) return 'beyond'
    const inDanger = youngestNs !== null && youngestNs >= entry.dangerAgeNs
    return inDanger && oldestNs !== null && oldestNs < entry.periodNs ? 'near' : 'uncertain'
  }
}

/**
 * The order of bisection over runs of neighbours: the middles of the longest runs first, then the middles of what
 * they leave. Many requests can be under way at once, and each still halves a gap.
 */
function bisected(runs: readonly Entry[][]): Entry[] {
  const order: Entry[] = []
  let gaps = runs.map((run) => ({ run, from: 0, to: run.length }))
  while (gaps.length > 0) {
    const halves: typeof gaps = []
    for (const { run, from, to } of gaps.sort((a, b) => b.to - b.from - (a.to - a.from))) {
      const middle = (from + to) >> 1
      order.push(run[middle]!)
      if (middle > from) halves.push({ run, from, to: middle })
      if (to > middle + 1) halves.push({ run, from: middle + 1, to })
    }
    gaps = halves
  }
  return order
}
