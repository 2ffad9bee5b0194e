// The delivery with the pagers beside it. Nothing of them is loaded where none is configured, and none holds up the other.
import { messageOf } from '../../kernel/errors.ts'
import { code } from '../../words/text.ts'
import type { Delivery } from '../outbox/deliver.ts'
import { DEFAULT_WEBHOOK } from '../settings.ts'
import type { Paging, PagingDeps } from './paging.ts'

/** A pager that takes nothing for less is none of anybody's business. */
const LASTS_MS = 60_000

export function besidePagers<Webhooks extends Pick<Delivery, 'start' | 'kick' | 'flush' | 'stop' | 'status'>>(
  delivery: Webhooks,
  deps: Omit<PagingDeps, 'place' | 'link' | 'webhooks'> & {
    /** URLs by the name of their secret. */
    webhooks: Readonly<Record<string, string>>
    /** The server, as far as it is known. */
    guild: () => { guildId: string } | null
  },
) {
  const { pagers, clock, logger } = deps
  let paging: Paging | null = null
  let failed: { sinceMs: number; reason: string } | null = null
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    try {
      const { createPaging } = await import('./paging.ts')
      const webhooks = () => delivery.status().webhooks
      const place = /(?:channels|webhooks)\/(\d+)/.exec(deps.webhooks[DEFAULT_WEBHOOK] ?? '')?.[1] ?? 'none'
      const link = () => {
        const channelId = webhooks().find(({ name }) => name === DEFAULT_WEBHOOK)?.channelId ?? null
        const guildId = deps.guild()?.guildId ?? null
        return channelId && guildId && `https://discord.com/channels/${guildId}/${channelId}`
      }
      paging = await createPaging({ ...deps, place, link, webhooks })
      paging.start()
    } catch (error) {
      logger.error({ err: error }, 'the pagers could not be loaded')
      failed = { sinceMs: clock.now(), reason: `it could not be loaded: ${messageOf(error)}` }
    }
  }

  return {
    ...delivery,
    start(): void {
      delivery.start()
      if (pagers.length > 0) loading ??= load()
    },
    kick(): void {
      delivery.kick()
      paging?.kick()
    },
    async flush(): Promise<void> {
      await loading
      await Promise.all([delivery.flush(), paging?.flush()])
    },
    async stop(withinMs?: number): Promise<void> {
      await loading
      await Promise.all([delivery.stop(withinMs), paging?.stop(withinMs)])
    },
    /** What is wrong with each pager, for people (see `ops/own-trouble.ts`). */
    pagers: pagers.map(({ name, kind }) => ({
      name: `pager ${name}`,
      lastsMs: LASTS_MS,
      over: `the pager \`${name}\` takes pages again, or nothing waits for it`,
      trouble() {
        const found = failed ?? paging?.troubleOf(name)
        if (!found) return null
        const text = `The pager \`${name}\` (${kind}) takes no pages since <t:${Math.floor(found.sinceMs / 1000)}:R>: ${code(found.reason, 200)}. They wait, none is lost, and I go on trying. The alerts themselves come here.`
        return { sinceMs: found.sinceMs, text }
      },
    })),
  }
}
