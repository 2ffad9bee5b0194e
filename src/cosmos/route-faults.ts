// Whether one route of an endpoint fails and not the endpoint: that says nothing of the pace of its other routes.
import type { RequestOutcome } from './limiter.ts'

/** Faults of one route in a row while others answer: from the next one on they are its own. */
const OWN_FAULTS = 2

/** Takes what came back on each path, in order; a fault of a route's own comes back as `other`. */
export function createRouteFaults(): (path: string, outcome: RequestOutcome) => RequestOutcome {
  /** Routes whose last answer was a fault: how many in a row, and whether it is known that others answer. */
  const failing = new Map<string, { faults: number; isAlone: boolean }>()
  let lastOk: string | null = null
  return (path, outcome) => {
    const route = routeOf(path)
    if (outcome === 'ok') {
      lastOk = route
      failing.delete(route)
      for (const one of failing.values()) one.isAlone = true
    }
    if (outcome !== 'fault') return outcome
    if (!failing.has(route)) {
      // With a second one it is no more known that others answer.
      for (const one of failing.values()) one.isAlone = false
      failing.set(route, { faults: 0, isAlone: failing.size === 0 && lastOk !== null && lastOk !== route })
    }
    const one = failing.get(route)!
    return ++one.faults > OWN_FAULTS && one.isAlone ? 'other' : 'fault'
  }
}

/** A path without its query and what it asks about: ids, addresses, heights. */
const routeOf = (path: string): string =>
  path
    .replace(/\?.*$/s, '')
    .split('/')
    .filter((part) => /^v\d+\w*$|^\D*$/.test(part))
    .join('/')
