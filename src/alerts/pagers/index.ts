// The delivery with the pagers beside it. Nothing of them is loaded where none is configured, and none holds up the other.
import { messageOf } from '../../kernel/errors.ts'
import { code } from '../../words/text.ts'
import type { Delivery } from '../outbox/deliver.ts'
import { isPagerLane, WEBHOOK_ALERT } from './names.ts'
import type { PagingDeps } from './paging.ts'
import type { PagerTrouble } from './types.ts'

/** A pager that takes nothing for less is none of anybody's business. */
const LASTS_MS = 60_000

export function besidePagers(delivery: Delivery, deps: Omit<PagingDeps, 'delivery'>) {
  const { pagers, alerts, clock, logger } = deps
  let troubleOf: (name: string) => PagerTrouble | null = () => null
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    try {
      const { startPaging } = await import('./paging.ts')
      troubleOf = startPaging({ ...deps, delivery })
    } catch (error) {
      logger.error({ err: error }, 'the pagers could not be loaded')
      const trouble = { sinceMs: clock.now(), reason: `it could not be loaded: ${messageOf(error)}` }
      troubleOf = () => trouble
    }
  }

  /** Of pagers that the configuration named before. */
  const hasLeft = () =>
    delivery.status().lanes.some(({ name }) => isPagerLane(name)) ||
    [...alerts.loadStates(WEBHOOK_ALERT).values()].some(({ alertId }) => alertId !== null)

  return {
    ...delivery,
    start(): void {
      delivery.start()
      if (pagers.length > 0 || hasLeft()) loading ??= load()
    },
    async flush(): Promise<void> {
      await loading
      await delivery.flush()
    },
    async idle(): Promise<void> {
      await loading
      await delivery.idle()
    },
    async stop(withinMs?: number): Promise<void> {
      await loading
      await delivery.stop(withinMs)
    },
    /** What is wrong with each pager, for people (see `ops/own-trouble.ts`). */
    pagers: pagers.map(({ name, kind }) => ({
      name: `pager ${name}`,
      lastsMs: LASTS_MS,
      over: `the pager \`${name}\` takes pages again, or nothing waits for it`,
      trouble() {
        const found = troubleOf(name)
        if (!found) return null
        const text = `The pager \`${name}\` (${kind}) takes no pages since <t:${Math.floor(found.sinceMs / 1000)}:R>: ${code(found.reason, 200)}. They wait, none is lost, and I go on trying. The alerts themselves come here.`
        return { sinceMs: found.sinceMs, text }
      },
    })),
  }
}
