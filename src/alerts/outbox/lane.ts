// In which order the rows that wait for one webhook are tried: one after the other, but none holds up the others for ever.
import { setImmediate } from 'node:timers/promises'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { OutboxRow } from './store.ts'

/** For so long the oldest row that fails is waited for; then the others are tried too. */
const HOLD_MS = 10_000
/** What failed before another row was accepted is tried again after this. */
const SOON_MS = 1000
/** So many may fail within that time with nothing accepted; then the lane rests for as long: an address can be banned. */
const IN_VAIN_MAX = 10
const IN_VAIN_MS = 20_000
/** A failure that is older says nothing of now: the clock may have leapt, the machine may have slept. */
const STALE_MS = 6 * MINUTE_MS

export interface LaneDeps {
  /** Ids of the rows that may be sent, the oldest first; read only as far as they are looked at. */
  waiting: () => Iterable<number>
  /** One try to settle a row. It tells the lane what came of it. */
  attempt: (id: number) => Promise<unknown>
  /** Nothing is begun while this is true; whoever ends that pumps the lane. */
  busy: () => boolean
  /** The order matters: the oldest is waited for, for a while, and tried first. */
  inOrder: boolean
  /** How long to wait after so many failures in a row, ms. */
  backoffMs: (failures: number) => number
  /** Unix ms. */
  now: () => number
  /** Calls after so many ms; returns what cancels it. */
  later: (ms: number, run: () => void) => () => void
  /** Nothing is under way any more. */
  ended: () => void
  /** A try ended in an exception: a full or locked database, or a bug. */
  onError: (error: unknown) => void
}

/** A webhook with its two lanes: an edit of an old message never holds up what is new. */
export interface Way {
  name: string
  url: string
  posts: Lane
  edits: Lane
  /** Says one post that only itself is not taken by the bot's own account; false where it could not be said. */
  sayAlone: (row: OutboxRow, doubt: boolean) => Promise<boolean>
}

export interface Lane {
  /** Begins with what may be tried now, unless that is under way. */
  pump(): void
  /** Tries before its time what `isShut` still lacks; false where nothing can be tried. */
  hurry(sinceMs: number): boolean
  /**
   * Nothing passes: the lane is paused; or it failed a moment ago, after `sinceMs` (Unix ms), and so did many rows, or
   * every one, or `canary`, in which nothing can be wrong.
   */
  isShut(sinceMs: number, canary: () => number | null): boolean
  readonly running: Promise<void> | null
  /** The way is closed for all: nothing is tried for so long; without `ms`, longer each time. Returns the wait, ms. */
  pause(ms?: number): number
  /** This row was not accepted. It waits longer each time; returns how long, ms. */
  failed(id: number, how?: Failed): number
  /** Whether this row may still arrive, and is not to be looked for yet. */
  rests(id: number): boolean
  /** How often this row has failed although others were accepted after it had failed before. */
  alone(id: number): number
  /** This row was accepted: the way is open. */
  passed(id: number): void
  /** This row does not wait any more. */
  settled(id: number): void
}

export interface Failed {
  /** For so long it may still arrive: until then nothing makes it tried earlier. */
  lateMs?: number
  /** It is refused for what is in it: the others need not wait for it. */
  itself?: boolean
}

interface Tried {
  /** In a row; since others were accepted, where they were. */
  failures: number
  alone: number
  /** When it failed last, Unix ms. */
  failedMs: number
  /** Others were accepted meanwhile. */
  overtaken: boolean
  /** The others wait for it. */
  holds: boolean
  /** For so long after that it may still arrive: not tried before its time. */
  lateMs: number
  /** Cancels its wait; null: its time has come. */
  cancel: (() => void) | null
}

const FRESH: Tried = {
  failures: 0,
  alone: 0,
  failedMs: 0,
  overtaken: false,
  holds: false,
  lateMs: 0,
  cancel: null,
}

/** The rows of a lane that failed. Forgotten at a restart: all are tried anew then. */
function createTried({ backoffMs, later, now }: LaneDeps, pump: () => void) {
  const tried = new Map<number, Tried>()
  /** The rows that had their turn. What is passed over, for the oldest, has its own after that. */
  const turn = new Set<number>()
  /** The rows that failed since one was accepted, also those that do not wait any more. */
  const inVain = new Set<number>()

  const rests = (one: Tried | undefined): boolean =>
    one !== undefined && one.lateMs > 0 && Math.abs(now() - one.failedMs) <= one.lateMs

  function release(one: Tried): void {
    one.cancel?.()
    one.cancel = null
  }

  function wait(one: Tried, ms: number): void {
    one.cancel?.()
    one.cancel = later(ms, () => {
      one.cancel = null
      pump()
    })
  }

  function settled(id: number): void {
    tried.get(id)?.cancel?.()
    tried.delete(id)
  }

  return {
    turn,
    get: (id: number): Readonly<Tried> | undefined => tried.get(id),
    rests: (id: number) => rests(tried.get(id)),
    settled,
    /** Not one row alone: many failed, or `canary` after `sinceMs`. */
    allFail: (sinceMs: number, canary: () => number | null): boolean =>
      inVain.size >= IN_VAIN_MAX || (tried.get(canary() ?? 0)?.failedMs ?? 0) >= sinceMs,
    /** It failed; `holds`: for a while the others wait for it, if it is the first time. Returns its wait, ms. */
    failed(id: number, holds: boolean, lateMs: number): number {
      const one = tried.get(id) ?? { ...FRESH, holds }
      if (!tried.has(id) && holds)
        later(HOLD_MS, () => {
          one.holds = false
          pump()
        })
      tried.set(id, one)
      inVain.add(id)
      one.failedMs = now()
      one.lateMs = lateMs
      if (one.overtaken) one.alone++
      const waitMs = lateMs + backoffMs(one.failures++)
      wait(one, waitMs)
      return waitMs
    },
    passed(id: number): void {
      settled(id)
      inVain.clear()
      // What does not wait any more may be tried in this turn again.
      for (const other of turn) if (other > id) turn.delete(other)
      for (const [other, one] of tried) {
        const first = other < id && !one.overtaken
        if (first) Object.assign(one, { overtaken: true, failures: 0 })
        if (rests(one)) continue
        if (first) wait(one, SOON_MS)
        else if (other > id) release(one)
      }
    },
    /** Nothing holds up the others any more; the time of the row `first` has come. */
    hurry(first: number | undefined): void {
      for (const [id, one] of tried) {
        one.holds = false
        if (id === first) release(one)
      }
    },
  }
}

export function createLane(deps: LaneDeps): Lane {
  const { inOrder, backoffMs, later, now } = deps
  const tried = createTried(deps, pump)
  let running: Promise<void> | null = null
  let again = false
  let paused: (() => void) | null = null
  let pausedUntilMs = 0
  let pauses = 0
  let failedMs = 0
  /** Failures since something was accepted, within IN_VAIN_MS. */
  let inVain = 0

  function pump(): void {
    if (paused) return
    again = running !== null
    if (again) return
    running = work().finally(() => {
      running = null
      tried.turn.clear()
      if (again) pump()
      deps.ended()
    })
  }

  async function work(): Promise<void> {
    try {
      for (let id = next(); id !== undefined; id = next()) {
        tried.turn.add(id)
        try {
          await deps.attempt(id)
        } catch (error) {
          // Nothing is marked that was not done, so it is safe to go on later.
          deps.onError(error)
          failed(id)
        }
        if (inVain >= IN_VAIN_MAX && !paused) pause(IN_VAIN_MS)
        // Thousands may be over by now, and are only set aside: the rest of the program has its turn in between.
        await setImmediate()
      }
    } catch (error) {
      deps.onError(error)
      pause()
    }
  }

  /** The row to try next in this turn. */
  function next(): number | undefined {
    if (paused || deps.busy()) return undefined
    const due = (id: number) => !tried.turn.has(id) && !tried.get(id)?.cancel
    const oldest = oldestOf()
    const one = oldest === undefined ? undefined : tried.get(oldest)
    if (oldest !== undefined && one?.holds) return due(oldest) ? oldest : undefined
    const first = find(due)
    // The oldest goes first even before its time: so all come in order after an outage, too, however long it was.
    if (first === undefined || tried.turn.size > 0) return first
    return oldest === undefined || tried.rests(oldest) ? first : oldest
  }

  /** The row that others wait for: where the order matters, the oldest that is not known to fail alone. */
  function oldestOf(): number | undefined {
    return inOrder ? find((id) => !tried.get(id)?.alone) : undefined
  }

  function find(fits: (id: number) => boolean): number | undefined {
    for (const id of deps.waiting()) if (fits(id)) return id
    return undefined
  }

  function hurry(sinceMs: number): boolean {
    paused?.()
    paused = null
    tried.hurry(isFresh(sinceMs) ? undefined : find((id) => !tried.rests(id) && !tried.get(id)?.alone))
    if (next() === undefined) return false
    pump()
    return true
  }

  const isFresh = (sinceMs: number) => failedMs >= Math.max(sinceMs, now() - STALE_MS)

  function isShut(sinceMs: number, canary: () => number | null): boolean {
    if (paused && now() < pausedUntilMs) return true
    if (!isFresh(sinceMs)) return false
    return tried.allFail(sinceMs, canary) || find((id) => !tried.get(id)) === undefined
  }

  function failed(id: number, { lateMs = 0, itself = false }: Failed = {}): number {
    failedMs = now()
    if (inVain++ === 0)
      later(IN_VAIN_MS, () => {
        inVain = 0
      })
    return tried.failed(id, !itself && oldestOf() === id, lateMs)
  }

  function pause(ms = backoffMs(pauses++)): number {
    paused?.()
    pausedUntilMs = now() + ms
    paused = later(ms, () => {
      paused = null
      pump()
    })
    return ms
  }

  return {
    pump,
    hurry,
    isShut,
    get running() {
      return running
    },
    pause,
    failed,
    rests: tried.rests,
    alone: (id) => tried.get(id)?.alone ?? 0,
    settled: tried.settled,
    passed(id) {
      pauses = 0
      inVain = 0
      failedMs = 0
      tried.passed(id)
    },
  }
}
