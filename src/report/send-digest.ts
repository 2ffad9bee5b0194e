// The scheduled digest: one message for each webhook that alerts go to, about the chains whose alerts it takes.

import { commitNotices } from '../alerts/outbox/commit.ts'
import { destinations } from '../alerts/routes.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import type { Database } from '../storage/database.ts'
import { type DigestDeps, digestFacts } from './commands/digest.ts'
import { digest, digestMessage } from './digest.ts'

export interface SendDigestDeps extends DigestDeps {
  settings: ChainsSettings
  database: Database
  /** Something was put into the outbox. */
  committed: () => void
  /** Notes that it was sent at `nowMs`, in the same transaction. */
  sent: (nowMs: number) => void
}

/**
 * Puts the digest as of `nowMs` (Unix ms) into the outbox, for nobody in particular. A webhook that has no chain and
 * nothing open is left out; the default takes what is about no chain too.
 */
export function sendDigest(deps: SendDigestDeps, nowMs: number): void {
  const { settings, database, directory, openAlerts, chainOf } = deps
  const webhooksOf = (chainId: string | null) =>
    destinations(settings, chainId, []).map(({ webhook }) => webhook)
  const about = [
    null,
    ...directory.known().map(({ chainId }) => chainId),
    ...openAlerts().map(({ identity }) => chainOf(identity)),
  ]
  const webhooks = new Set(about.flatMap(webhooksOf))
  database.tx(() => {
    for (const webhook of webhooks) {
      const facts = digestFacts(deps, (chainId) => webhooksOf(chainId).includes(webhook), nowMs)
      if (facts.chains.length === 0 && facts.open.length === 0) continue
      const message = digestMessage(digest(facts), nowMs)
      commitNotices(database, [message], () => [{ webhook, mention: [] }], nowMs)
    }
    deps.sent(nowMs)
  })
  deps.committed()
}
