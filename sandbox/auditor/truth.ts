// What was true, worked out from the world's log alone by the rules of IBC and of the configuration (pure).
import type { Policy, Use, WorldEvent } from './log.ts'
import { type Span, spansOf } from './spans.ts'

/** How bad a client is. `overdue`: past its deadline by the clock, on a chain that makes no blocks. */
export type Level = 'ok' | 'warning' | 'critical' | 'overdue' | 'expired' | 'frozen'

export const RANK: Record<Level, number> = {
  ok: 0,
  warning: 1,
  critical: 2,
  overdue: 3,
  expired: 3,
  frozen: 4,
}

/** A span in which a client was as bad as this, by the update that was its last one then. */
export interface Piece extends Span {
  level: Level
  lastUpdateMs: number
}

export interface TrueClient {
  chainId: string
  clientId: string
  trackedChainId: string
  /** How it was used, from when on; in the order of time. */
  uses: { fromMs: number; use: Use }[]
  trustingPeriodMs: number
  pieces: Piece[]
}

/** How a client was used at a moment. */
export const useAt = ({ uses }: TrueClient, atMs: number): Use =>
  (uses.findLast(({ fromMs }) => fromMs <= atMs) ?? uses[0]!).use

export interface TrueChain {
  chainId: string
  name: string
  blockMs: number
  /** No endpoint answers all that is asked. */
  dark: Span[]
  /** No endpoint answers anything. */
  black: Span[]
  /** An endpoint tells of an hour ago, and may be the one that is asked: what only a reading shows takes longer. */
  old: Span[]
  /** At least one endpoint has a fault, and may be the one that is asked. */
  troubled: Span[]
  halted: Span[]
  /** The configuration names clients of it as the team's own. */
  names: boolean
  /** When it began anew from a low height. */
  restartsMs: number[]
}

export interface Truth {
  clients: TrueClient[]
  chains: Map<string, TrueChain>
  /** Nothing can be told: the bot does not run, or Discord takes nothing. */
  mute: Span[]
  /** The bot does not run. */
  off: Span[]
  /** Discord takes nothing. */
  deaf: Span[]
  /** The webhook takes nothing, and the bot's own account can speak. */
  dead: Span[]
  /** Messages that hold some text are refused. */
  poisoned: Span[]
  /** Nothing can be written to the bot's disk; a full one (`full`) takes what needs no more room. */
  unwritten: Span[]
  full: Span[]
  /** Discord takes nothing, and says so. */
  refusing: Span[]
  /** The pager takes nothing. */
  unpaged: Span[]
  /** A room throws. */
  hurt: Span[]
  /** The first of two watchers alone does not reach Discord; these stand in `deaf`, too. */
  cut: Span[]
  /** By how much later whatever is due may be told, ms; left out: not at all. */
  graceMs?: number
  /** When the second of two watchers cannot look or speak; null: there is none. */
  second: Span[] | null
  /** Whoever has a client's alert, up to when they said; nobody, where that is at once. `isTaken`: the bot has said so. */
  acks: (Span & { chainId: string; clientId: string; who: string; isTaken: boolean })[]
  /** What came of the commands that were advised, by their text and the moment. */
  tried: Map<string, { works: boolean; why: string }>
}

/** The world as it was from its first event on; what has not ended ends with `Infinity`. */
export function truthOf(events: readonly WorldEvent[], policy: Policy): Truth {
  const chains = new Map<string, TrueChain>()
  for (const event of events) {
    if (event.kind !== 'chain') continue
    const { chainId, name, blockMs, names = false } = event
    const about = events.filter((one) => 'chainId' in one && one.chainId === chainId)
    const halts = about.flatMap((one) =>
      one.kind === 'halted' || one.kind === 'resumed' ? [{ atMs: one.atMs, on: one.kind === 'halted' }] : [],
    )
    const restartsMs = about.flatMap((one) => (one.kind === 'restarted' ? [one.atMs] : []))
    const seen = sightOf(about)
    chains.set(chainId, { chainId, name, blockMs, ...seen, halted: spansOf(halts), names, restartsMs })
  }
  const when = (isOn: (event: WorldEvent) => boolean | null) =>
    spansOf(events.flatMap((one) => ((on) => (on === null ? [] : [{ atMs: one.atMs, on }]))(isOn(one))))
  const off = when((one) => (one.kind === 'bot' ? !one.runs : null))
  const cut = when((one) => (one.kind === 'cut' ? one.cut : null))
  const deaf = [...when((one) => (one.kind === 'discord' ? one.fault !== null : null)), ...cut]
  const isSecond = events.some(({ kind }) => kind === 'second')
  const clients = events.flatMap((event) => {
    if (event.kind !== 'client') return []
    const chain = chains.get(event.chainId)!
    return [clientOf(event, events, chain, policy)]
  })
  const tried = new Map<string, { works: boolean; why: string }>()
  for (const event of events) {
    if (event.kind === 'tried') tried.set(`${event.atMs} ${event.command}`, event)
  }
  return {
    clients,
    chains,
    mute: [...off, ...deaf],
    off,
    deaf,
    dead: when((one) => (one.kind === 'webhook' ? one.fault !== null : null)),
    refusing: [...when((one) => (one.kind === 'discord' ? one.fault !== null && !one.takes : null)), ...cut],
    cut,
    second: isSecond ? when((one) => (one.kind === 'second' ? !one.lives : null)) : null,
    unpaged: when((one) => (one.kind === 'pager' ? one.fault !== null : null)),
    hurt: when((one) => (one.kind === 'room' ? one.broken : null)),
    poisoned: when((one) => (one.kind === 'poison' ? one.text !== null : null)),
    unwritten: when((one) =>
      one.kind === 'storage' ? one.fault !== null && one.fault !== 'disk full' : null,
    ),
    full: when((one) => (one.kind === 'storage' ? one.fault === 'disk full' : null)),
    tried,
    acks: events.flatMap((one) => (one.kind === 'acked' ? ackOf(one, chains) : [])),
  }
}

function ackOf(
  { atMs, forMs, name, clientId, who, taken }: Extract<WorldEvent, { kind: 'acked' }>,
  chains: Truth['chains'],
): Truth['acks'] {
  const chain = [...chains.values()].find((one) => one.name === name)
  const of = { clientId, who, isTaken: taken, fromMs: atMs, toMs: atMs + forMs }
  return chain ? [{ ...of, chainId: chain.chainId }] : []
}

function sightOf(about: readonly WorldEvent[]): Pick<TrueChain, 'dark' | 'black' | 'troubled' | 'old'> {
  const reads = new Map<number, string>()
  const moments = about.flatMap((event) => {
    if (event.kind !== 'endpoint') return []
    reads.set(event.endpoint, event.reads)
    return [{ atMs: event.atMs, states: [...reads.values()] }]
  })
  const when = (is: (states: string[]) => boolean) =>
    spansOf(moments.map(({ atMs, states }) => ({ atMs, on: is(states) })))
  return {
    dark: when((states) => states.every((one) => one !== 'all')),
    black: when((states) => states.every((one) => one === 'nothing')),
    old: when((states) => states.some((one) => one === 'old')),
    troubled: when((states) => states.some((one) => one !== 'all')),
  }
}

type ClientEvent = Extract<WorldEvent, { kind: 'client' }>

function clientOf(
  made: ClientEvent,
  events: readonly WorldEvent[],
  chain: TrueChain,
  policy: Policy,
): TrueClient {
  const { chainId, clientId, trackedChainId, use, trustingPeriodMs } = made
  const pieces: Piece[] = []
  const add = (fromMs: number, toMs: number, level: Level, lastUpdateMs: number) => {
    if (toMs > fromMs) pieces.push({ fromMs, toMs, level, lastUpdateMs })
  }
  const changes = events.filter(
    (one): one is Extract<WorldEvent, { kind: 'updated' | 'frozen' }> =>
      (one.kind === 'updated' || one.kind === 'frozen') &&
      one.chainId === chainId &&
      one.clientId === clientId,
  )
  let fromMs = made.atMs
  let lastUpdateMs = made.lastUpdateMs
  let frozen = false
  for (const change of [...changes, null]) {
    const toMs = change?.atMs ?? Infinity
    if (frozen) add(fromMs, toMs, 'frozen', lastUpdateMs)
    else
      for (const step of stepsOf(lastUpdateMs, trustingPeriodMs, chain, policy)) {
        add(Math.max(fromMs, step.fromMs), Math.min(toMs, step.toMs), step.level, lastUpdateMs)
        // What changed in the very moment of a step: whoever looked just before saw that it had come to that.
        if (step.fromMs === toMs) pieces.push({ fromMs: toMs, toMs, level: step.level, lastUpdateMs })
      }
    if (change === null) break
    frozen = change.kind === 'frozen'
    if (change.kind === 'updated') lastUpdateMs = change.lastUpdateMs
    fromMs = change.atMs
  }
  const uses = events.flatMap((one) =>
    one.kind === 'use' && one.chainId === chainId && one.clientId === clientId
      ? [{ fromMs: one.atMs, use: one.use }]
      : [],
  )
  const all = [{ fromMs: made.atMs, use }, ...uses]
  return { chainId, clientId, trackedChainId, uses: all, trustingPeriodMs, pieces }
}

/** How a client that nobody updates gets worse with time: shares of its trusting period, then its chain's block time. */
function stepsOf(lastUpdateMs: number, periodMs: number, chain: TrueChain, policy: Policy) {
  const deadlineMs = lastUpdateMs + periodMs
  const byTime = periodMs >= 4 * policy.warnWhenLeftMs ? deadlineMs - policy.warnWhenLeftMs : Infinity
  const criticalMs = lastUpdateMs + policy.criticalAt * periodMs
  const warningMs = Math.min(criticalMs, lastUpdateMs + policy.warnAt * periodMs, byTime)
  // The chain says so itself when it makes its next block.
  const halt = chain.halted.find(({ fromMs, toMs }) => fromMs <= deadlineMs && deadlineMs < toMs)
  const expiredMs = halt ? halt.toMs : deadlineMs
  const moments: [number, Level][] = [
    [-Infinity, 'ok'],
    [warningMs, 'warning'],
    [criticalMs, 'critical'],
    [deadlineMs, 'overdue'],
    [expiredMs, 'expired'],
  ]
  return moments.map(([fromMs, level], i) => ({ fromMs, toMs: moments[i + 1]?.[0] ?? Infinity, level }))
}
