// How the outbox calls what waits for a pager (no webhook's secret is called so), and how alerts call a webhook.
const LANE = 'pager '

export const pagerLane = (secret: string): string => `${LANE}${secret}`

export const isPagerLane = (name: string): boolean => name.startsWith(LANE)

/** What the alert about a webhook is called before its name. */
export const WEBHOOK_ALERT = 'webhook:'

/** How it calls what waits for the word of the first watcher. */
export const STANDBY_LANE = 'standby'

/** Whether a lane is that of a webhook. */
export const isWebhook = (name: string): boolean => !isPagerLane(name) && name !== STANDBY_LANE
