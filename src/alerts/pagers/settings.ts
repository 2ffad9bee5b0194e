// The settings of pagers and their schema; which of them a message about a chain goes to (pure).
import { z } from 'zod'
import { closed, envName, orNull } from '../../kernel/schema.ts'
import { RANK } from '../../words/levels.ts'
import type { Destination } from '../outbox/commit.ts'
import { pagerLane } from './names.ts'

export const PAGER_KINDS = ['pagerduty', 'ntfy', 'telegram', 'webhook'] as const
export type PagerName = (typeof PAGER_KINDS)[number]

const pager = closed({
  kind: z.enum(PAGER_KINDS),
  /** The name of the secret that says where to; see `targets.ts`. */
  secret: envName,
  from: z.enum(['warning', 'critical', 'expired']).default('critical'),
  chains: orNull(z.array(z.string()).min(1)),
})

export type PagerSettings = z.output<typeof pager>

export const pagersSchema = z.array(pager).superRefine((pagers, context) => {
  for (const [index, { kind, secret }] of pagers.entries()) {
    if (pagers.some((other) => other.secret === secret && other.kind !== kind))
      context.addIssue({ code: 'custom', path: [index, 'secret'], message: `${secret} is of two kinds here` })
  }
})

interface Paged {
  alerts: {
    mention: readonly string[]
    routes: readonly { chains: readonly string[]; mention: readonly string[] | null }[]
    pagers: readonly PagerSettings[]
  }
}

/**
 * `destinations` of what is about `chainId` (null: about every chain), with the lanes of its pagers. Where somebody has
 * said that nobody is tagged, only a pager that names the chain is called; where nobody is tagged anywhere, all are.
 */
export function withPagers(
  { alerts }: Paged,
  chainId: string | null,
  destinations: readonly Destination[],
): Destination[] {
  const tagsNobody = destinations.every(({ mention }) => mention.length === 0)
  const isSaid =
    alerts.mention.length > 0 ||
    alerts.routes.some(({ chains, mention }) => mention?.length === 0 && chains.includes(chainId ?? ''))
  const called = alerts.pagers.filter(({ chains }) =>
    chains === null ? !(tagsNobody && isSaid) : chainId === null || chains.includes(chainId),
  )
  const lanes = new Map<string, Destination>()
  for (const { secret, from } of called) {
    const webhook = pagerLane(secret)
    const before = lanes.get(webhook)?.from
    if (before === undefined || RANK[from] < RANK[before]) lanes.set(webhook, { webhook, mention: [], from })
  }
  return [...destinations, ...lanes.values()]
}
