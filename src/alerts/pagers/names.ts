// How the outbox calls what waits for a pager. No webhook's secret is called so.
const LANE = 'pager '

export const pagerLane = (secret: string): string => `${LANE}${secret}`

export const isPagerLane = (name: string): boolean => name.startsWith(LANE)
