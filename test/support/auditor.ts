// A client that nobody updates, for tests of the auditor: its world, what is said of it, and what the auditor finds.
import { judge } from '../../sandbox/auditor/judge.ts'
import { saidOfBoth } from '../../sandbox/auditor/judge-standby.ts'
import { type ChannelRequest, type Night, POLICY, type WorldEvent } from '../../sandbox/auditor/log.ts'
import { truthOf } from '../../sandbox/auditor/truth.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const T0 = Date.UTC(2026, 10, 20, 10)
/** Of a client with 20 h: warned of at 16 h, critical at 18 h, dead at 20 h. */
export const PERIOD = 20 * HOUR
export const END = T0 + 30 * HOUR

export const client = { chainId: 'alpha-1', clientId: '07-tendermint-0' }
export const WORLD: WorldEvent[] = [
  { atMs: T0, kind: 'bot', runs: true },
  { atMs: T0, kind: 'chain', chainId: 'alpha-1', name: 'Alpha', blockMs: 6_000 },
  { atMs: T0, kind: 'endpoint', chainId: 'alpha-1', endpoint: 0, reads: 'all', fault: null },
  {
    atMs: T0,
    kind: 'client',
    ...client,
    trackedChainId: 'beta-1',
    trustingPeriodMs: PERIOD,
    lastUpdateMs: T0,
    use: 'live',
  },
]
export const WHO = 'Alpha 07-tendermint-0 (tracks Beta)'
export const UPDATE = 'hermes update client --host-chain alpha-1 --client 07-tendermint-0'

export const post = (atMs: number, content: string, embed: string | null = UPDATE): ChannelRequest => ({
  atMs,
  method: 'POST',
  status: 200,
  accepted: true,
  messageId: String(atMs),
  content,
  embeds: embed === null ? [] : [`${WHO}\n\`\`\`sh\n${embed}\n\`\`\``],
})
export const warning = post(
  T0 + 16 * HOUR + 20_000,
  `🟡 3 h left: ${WHO}, expires Sat 21 Nov 06:00 UTC <@&100000000000000000>`,
)
export const critical = post(T0 + 18 * HOUR + 20_000, `🔴 119 min left: ${WHO}, expires Sat 21 Nov 06:00 UTC`)
export const expired = post(
  T0 + 20 * HOUR + 20_000,
  `🔴 EXPIRED: ${WHO}. An update is refused now, governance only`,
  'simd tx ibc client recover-client 07-tendermint-0 <substitute>',
)
/** Critical is said again each time when half of what was left has passed. */
export const stills: ChannelRequest[] = []
for (let atMs = critical.atMs; ; ) {
  const leftMs = T0 + PERIOD - atMs
  atMs += Math.max(leftMs / 2, 5 * MINUTE) + 10_000
  if (atMs >= T0 + PERIOD) break
  stills.push(post(atMs, `🔴 still not updated, some left: ${WHO}, expires Sat 21 Nov 06:00 UTC`))
}
export const DYING = [warning, critical, ...stills, expired]
/** The same with one message in the place of another. */
export const but = (one: ChannelRequest, other: ChannelRequest | null) =>
  DYING.flatMap((each) => (each === one ? (other ?? []) : each))
export const updated = (atMs: number): WorldEvent => ({
  atMs,
  kind: 'updated',
  ...client,
  lastUpdateMs: atMs,
})
export const over = (atMs: number) =>
  post(atMs, `🟢 over: ${WHO} was updated, 19 h left (was warning, Sat 21 Nov 02:00 UTC to 02:30 UTC)`, null)
export const edit = (atMs: number, { messageId } = warning): ChannelRequest => ({
  ...post(atMs, '🟢 over: 🟡 3 h left', null),
  method: 'PATCH',
  messageId,
})

export function findings(
  events: WorldEvent[],
  posts: ChannelRequest[],
  endMs = END,
  night?: Night,
  policy = POLICY,
): string[] {
  const truth = truthOf(
    [...WORLD, ...events].sort((a, b) => a.atMs - b.atMs),
    policy,
  )
  const { first, second } = saidOfBoth(posts, truth)
  return judge(truth, first, policy, endMs, events, night, second).findings.map(
    ({ kind, text }) => `${kind}: ${text}`,
  )
}
