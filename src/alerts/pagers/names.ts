// How the outbox calls what waits for a pager (no webhook's secret is called so), and how alerts call a webhook.
const LANE = 'pager '
const WEBHOOK = 'webhook:'

export const pagerLane = (secret: string): string => `${LANE}${secret}`

export const isPagerLane = (name: string): boolean => name.startsWith(LANE)

export const webhookIdentity = (name: string): string => `${WEBHOOK}${name}`

export const isWebhookIdentity = (identity: string): boolean => identity.startsWith(WEBHOOK)
