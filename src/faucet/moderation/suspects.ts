// Who may be one person with many accounts: groups with their evidence, pure, from the attempts of the audit.
import { createHash } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../../kernel/duration.ts'
import { snowflakeTimeMs } from '../../kernel/snowflake.ts'
import type { Attempt } from './audit.ts'

/** How far back attempts are looked at. */
export const SUSPECTS_LOOK_BACK_MS = 30 * DAY_MS

/** Accounts made, or members joined, within this time of the one before belong together. */
const TOGETHER_MS = HOUR_MS
const FEWEST = { address: 2, created: 3, joined: 4 } as const
/** A burst: after they joined together, their first attempts came within this time of each other. */
const BURST_MS = DAY_MS

export type SuspectGroup = ReturnType<typeof group>

/**
 * Groups of users who share an address, whose accounts were made in the same hours, or who joined in a burst and then
 * asked. The largest first.
 */
export function suspectGroups(attempts: readonly Attempt[]): SuspectGroup[] {
  const groups = [...sharedAddresses(attempts), ...madeTogether(attempts), ...joinedTogether(attempts)]
  return groups.sort((a, b) => b.userIds.length - a.userIds.length || (a.id < b.id ? -1 : 1))
}

function sharedAddresses(attempts: readonly Attempt[]): SuspectGroup[] {
  const byAddress = new Map<string, Attempt[]>()
  for (const attempt of attempts)
    byAddress.set(attempt.address, [...(byAddress.get(attempt.address) ?? []), attempt])
  return [...byAddress]
    .map(([address, list]) => group('address', list, address))
    .filter(({ userIds }) => userIds.length >= FEWEST.address)
}

function madeTogether(attempts: readonly Attempt[]): SuspectGroup[] {
  const users = [...new Set(attempts.map(({ userId }) => userId))]
  const timed = users.flatMap((userId) => {
    const atMs = snowflakeTimeMs(userId)
    return atMs === null ? [] : [{ userId, atMs }]
  })
  return clusters(timed, TOGETHER_MS, FEWEST.created).map((list) => group('created', list))
}

function joinedTogether(attempts: readonly Attempt[]): SuspectGroup[] {
  const first = new Map<string, { userId: string; atMs: number; askedMs: number }>()
  for (const { userId, joinedMs, atMs } of attempts) {
    if (joinedMs !== null && !first.has(userId)) first.set(userId, { userId, atMs: joinedMs, askedMs: atMs })
  }
  return clusters([...first.values()], TOGETHER_MS, FEWEST.joined).flatMap((joined) =>
    clusters(
      joined.map((one) => ({ ...one, joinedMs: one.atMs, atMs: one.askedMs })),
      BURST_MS,
      FEWEST.joined,
    ).map((list) =>
      group(
        'joined',
        list.map(({ userId, joinedMs }) => ({ userId, atMs: joinedMs })),
      ),
    ),
  )
}

/** Runs of entries that lie, each, at most `apartMs` after the one before. */
function clusters<T extends { atMs: number }>(entries: readonly T[], apartMs: number, fewest: number): T[][] {
  const runs: T[][] = []
  for (const entry of entries.toSorted((a, b) => a.atMs - b.atMs)) {
    const run = runs.at(-1)
    if (run && entry.atMs - run.at(-1)!.atMs <= apartMs) run.push(entry)
    else runs.push([entry])
  }
  return runs.filter((run) => run.length >= fewest)
}

/**
 * `members` with the times (Unix ms) that the group is about: its accounts were made, or its members joined. Its id is
 * made of kind and users, so that it stays the same between two looks: `a1b2c3`. `address`: what they share.
 */
function group(
  kind: keyof typeof FEWEST,
  members: readonly { userId: string; atMs: number }[],
  address: string | null = null,
) {
  const userIds = [...new Set(members.map(({ userId }) => userId))]
  const times = members.map(({ atMs }) => atMs)
  const key = JSON.stringify([kind, address, userIds.toSorted()])
  const id = createHash('sha256').update(key).digest('hex').slice(0, 6)
  return { id, kind, userIds, address, fromMs: Math.min(...times), toMs: Math.max(...times) }
}
