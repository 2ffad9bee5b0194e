// One seed from its story to the auditor's judgement.
import { judge } from '../auditor/judge.ts'
import { saidOfBoth } from '../auditor/judge-standby.ts'
import { type Due, type Finding, POLICY, type WorldEvent } from '../auditor/log.ts'
import { truthOf, useAt } from '../auditor/truth.ts'
import { coverageOf, faultsOf } from './coverage.ts'
import type { Story } from './happening.ts'
import { storyOf } from './story.ts'
import { play } from './world.ts'

export interface Options {
  hours: number
  /** These misfortunes, and always; empty: a random part of all. */
  only: string[]
  verbose: boolean
}

/** A finding, with the faults that were on then or shortly before. */
export type Found = Finding & { during: string[] }

const SHORTLY_MS = 70 * 60_000

export interface SeedResult {
  seed: number
  due: Due[]
  findings: Found[]
  posts: number
  kills: number
  tookMs: number
  /** Notices that were due, by `fault|level`. */
  coverage: [string, number][]
  /** What was said, and what the bot's log holds, for whoever wants to see it. */
  said: string[]
}

export async function runSeed(seed: number, { hours, only, verbose }: Options): Promise<SeedResult> {
  const { requests: _, strangers: __, ...result } = await runStory(storyOf(seed, hours, only), verbose)
  return result
}

/** `requests`: all that reached the channel; `strangers`: the names of clients in use that are nobody's own. */
export async function runStory(story: Story, verbose = false) {
  const beganMs = Date.now()
  const { events, requests, night, endMs, errors, kills, mention } = await play(story)
  const { remindEveryMs = POLICY.remindEveryMs } = story
  const policy = { ...POLICY, mention: [mention], remindEveryMs }
  const truth = truthOf(events, policy)
  const { first, second } = saidOfBoth(requests, truth)
  const { findings, due } = judge(truth, first, policy, endMs, events, night, second)
  const coverage = new Map<string, number>()
  coverageOf(coverage, events, due, endMs)
  const at = (ms: number) => new Date(ms).toISOString().slice(5, 19)
  const said = requests.map(
    ({ atMs, method, by, from, status, content }) =>
      `${at(atMs)} ${method} ${from ?? ''}${by} ${status}: ${content}`,
  )
  const woken = night.pages.map(
    ({ atMs, action, key, status, lines }) =>
      `${at(atMs)} page ${action} ${status} ${key}: ${lines.join(' / ')}`,
  )
  const pings = night.pings.map(({ atMs, what }) => `${at(atMs)} ping ${what}`)
  const happened = events.map(({ atMs, ...event }) => `${at(atMs)} * ${JSON.stringify(event)}`)
  const strangers = truth.clients
    .filter((client) => useAt(client, endMs) === 'live')
    .map(({ chainId, clientId }) => `${truth.chains.get(chainId)!.name} ${clientId}`)
  return {
    requests,
    strangers,
    seed: story.seed,
    due,
    findings: findings.map((finding) => ({ ...finding, during: duringOf(finding, events, endMs) })),
    posts: requests.length,
    kills,
    tookMs: Date.now() - beganMs,
    coverage: [...coverage],
    said: verbose
      ? [
          ...[...said, ...woken, ...pings, ...happened].sort(),
          ...errors.slice(0, 20).map((line) => `log: ${line.slice(0, 400)}`),
        ]
      : [],
  }
}

function duringOf({ atMs, about }: Finding, events: readonly WorldEvent[], endMs: number): string[] {
  const chainId = about.split('/')[0]
  const on = faultsOf(events, endMs).filter(
    (one) => one.chainId === undefined || chainId === '' || one.chainId === chainId,
  )
  const then = on.filter(({ fromMs, toMs }) => fromMs <= atMs + SHORTLY_MS && toMs >= atMs - SHORTLY_MS)
  return [...new Set(then.map(({ fault }) => fault))].sort()
}
