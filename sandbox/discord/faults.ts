// Faults of Discord's REST API that a test or the demo switches on: errors, rate limits, cut and silent connections.

/** Which requests a fault is about. `webhook`: by a webhook's URL; `interaction`: by an interaction's token. */
export type Door = 'bot' | 'webhook' | 'interaction'

/** What goes wrong. `afterAccept`: Discord did what was asked, and only its answer is lost or wrong. */
export type Fault =
  /** With the body that Discord sends with it, or with its front's page. */
  | { kind: 'status'; status: number; afterAccept?: boolean }
  /** Exactly this: what stands in between answers (a proxy, a login page), or Discord with an error of its own. */
  | { kind: 'answer'; status: number; body?: unknown; afterAccept?: boolean }
  | { kind: 'rate-limit'; retryAfterS: number; global?: boolean }
  /** The ban of an address: 429 from the front with a page instead of JSON. */
  | { kind: 'ban'; retryAfterS: number }
  | { kind: 'reset'; afterAccept?: boolean }
  | { kind: 'hang'; afterAccept?: boolean }
  /** Done so long after its sender gave up waiting, in the world's milliseconds. */
  | { kind: 'late'; afterMs: number }

interface Entry {
  door: Door | 'any'
  fault: Fault
  left: number
  only: (request: Faulty) => boolean
}

interface Faulty {
  method: string
  path: string
  rawPath?: string
  body?: unknown
}

/** The faults that are on, in the order in which they were added. */
export class Faults {
  #entries: Entry[] = []

  /**
   * The next `times` requests at the door fail (1 where left out, Infinity until `clear`); with `holds` only those
   * whose body has this text in it.
   */
  add(
    door: Door | 'any',
    fault: Fault,
    options: { times?: number; method?: string; path?: string; holds?: string } = {},
  ): void {
    const { times = 1, method, path, holds } = options
    const only = (one: Faulty) =>
      (method === undefined || one.method === method) &&
      (path === undefined || [one.path, one.rawPath].includes(path)) &&
      (holds === undefined || (JSON.stringify(one.body) ?? '').includes(holds))
    this.#entries.push({ door, fault, left: times, only })
  }

  clear(): void {
    this.#entries = []
  }

  /** The fault that this request meets; counts it. */
  next(door: Door, request: Faulty): Fault | null {
    const entry = this.#entries.find((one) => (one.door === 'any' || one.door === door) && one.only(request))
    if (!entry) return null
    entry.left--
    if (entry.left <= 0) this.#entries = this.#entries.filter((one) => one !== entry)
    return entry.fault
  }
}

/** The page that Discord's front sends when what is behind it is down. */
export const FRONT_PAGE =
  '<html><head><title>Error</title></head><body><center><h1>cloudflare</h1></center></body></html>'

/** The page that a network shows before it lets anybody through. */
export const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>'
