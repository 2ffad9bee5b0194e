// How the outbox calls what waits for a pager (no webhook's secret is called so), and how alerts call a webhook.
const LANE = 'pager '

export const pagerLane = (secret: string): string => `${LANE}${secret}`

export const isPagerLane = (name: string): boolean => name.startsWith(LANE)

/** What the alert about a webhook is called before its name. */
export const WEBHOOK_ALERT = 'webhook:'
