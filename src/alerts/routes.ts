// Where a chain's alerts go (pure): the default webhook, or those of the routes that name the chain.
import type { Destination } from './outbox/commit.ts'
import { type AlertRouting, DEFAULT_WEBHOOK } from './settings.ts'

/**
 * The destinations of a message about `chainId` (null: about no chain in particular). Routes that name the chain take
 * the place of the default; a route without `mention` of its own tags whom the chain's alerts tag.
 */
export function destinations(
  settings: { alerts: AlertRouting },
  chainId: string | null,
  mention: readonly string[],
): Destination[] {
  const routes = settings.alerts.routes.filter(({ chains }) => chainId !== null && chains.includes(chainId))
  if (routes.length === 0) return [{ webhook: DEFAULT_WEBHOOK, mention: [...mention] }]
  // Routes into one channel are one message, with the mentions of all.
  const tags = new Map<string, Set<string>>()
  for (const { webhook, mention: own } of routes)
    tags.set(webhook, new Set([...(tags.get(webhook) ?? []), ...(own ?? mention)]))
  return [...tags].map(([webhook, whom]) => ({ webhook, mention: [...whom] }))
}
