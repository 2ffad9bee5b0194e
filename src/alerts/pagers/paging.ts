// The pagers that are configured, at work: lanes beside those of the webhooks, looked at every few seconds too.
import type { Delivery } from '../outbox/deliver.ts'
import type { ReportDeps } from '../report.ts'
import { DEFAULT_WEBHOOK } from '../settings.ts'
import { createDeadWebhooks } from './dead-webhook.ts'
import { createPagerLane, type PagerLaneDeps } from './lane.ts'
import { createPageStore } from './store.ts'
import type { NamedPager } from './targets.ts'
import type { PagerTrouble } from './types.ts'

export interface PagingDeps
  extends Pick<ReportDeps, 'database' | 'alerts'>,
    Pick<PagerLaneDeps, 'clock' | 'logger' | 'random'> {
  delivery: Delivery
  pagers: readonly NamedPager[]
  /** URLs by the name of their secret. */
  webhooks: Readonly<Record<string, string>>
  /** The server, as far as it is known. */
  guild: () => { guildId: string } | null
}

/** What is over without a word, or acknowledged, is found after so long. */
const LOOK_MS = 15_000

/** Ends with the delivery. Returns what is wrong with a pager while something is to be sent to it. */
export function startPaging(deps: PagingDeps): (name: string) => PagerTrouble | null {
  const { database, clock, logger, delivery, guild } = deps
  const { later, stopped } = delivery.parts
  const place = /(?:channels|webhooks)\/(\d+)/.exec(deps.webhooks[DEFAULT_WEBHOOK] ?? '')?.[1] ?? 'none'
  const link = () => {
    const { webhooks } = delivery.status()
    const channelId = webhooks.find(({ name }) => name === DEFAULT_WEBHOOK)?.channelId ?? null
    const guildId = guild()?.guildId ?? null
    return channelId && guildId && `https://discord.com/channels/${guildId}/${channelId}`
  }
  const store = createPageStore(database)
  const names = deps.pagers.map(({ lane }) => lane)
  const pagers = deps.pagers.map((pager) =>
    createPagerLane(pager, { ...deps, ...delivery.parts, place, link }),
  )
  const lookAtWebhooks = createDeadWebhooks({ ...deps, committed: delivery.kick })

  function tick(): void {
    if (stopped()) return
    later(LOOK_MS, tick)
    try {
      for (const name of names) store.acknowledge(name, clock.now())
      lookAtWebhooks(delivery.status().webhooks)
    } catch (error) {
      logger.error({ err: error }, 'the pages could not be looked at; trying again')
    }
    for (const { lane } of pagers) lane.pump()
  }

  store.forgetLanes(names, clock.now())
  delivery.lanes.push(...pagers.map(({ lane }) => lane))
  tick()
  return (name) => pagers.find((pager) => pager.name === name)?.trouble() ?? null
}
