// What can be wrong with one endpoint; changed while it runs.

/** Each fault stands for itself and can be combined with others. An empty object is a healthy endpoint. */
export interface Faults {
  /** Only paths (with query) that match are struck; latency counts for all. */
  only?: RegExp
  /** Time before each answer, in real milliseconds. */
  latencyMs?: number
  /** Every request is answered 429; with `retryAfter` (as it stands in the header) or without. */
  tooMany?: true | { retryAfter: string }
  /** More requests than this in one second of the world's clock are answered 429. */
  requestsPerSecond?: number | { limit: number; retryAfter: string }
  /** An error status with a gRPC body. */
  status?: 403 | 408 | 500 | 502 | 503 | 504
  /** A proxy's HTML page with this status. */
  html?: number
  /** REST is up, gRPC is not yet: 503 code 14. */
  starting?: true
  /** Never answers. */
  hang?: true
  /** Resets the connection. */
  reset?: true
  /** Sends the head and half of the body, then closes. */
  cut?: true
  /** Every body comes compressed, asked for or not; `damaged` is gzip whose end is missing. */
  packed?: 'gzip' | 'deflate' | 'br' | 'damaged'
  /** Every body begins with a byte order mark. */
  mark?: true
  /** Every request is answered 301, with this as `Location`. */
  movedTo?: string
  /** The body is no JSON. */
  notJson?: true
  /** Rewrites the compact body of what was answered 200, to make it malformed. */
  rewrite?: (body: string, path: string) => string
  /** The node serves its chain under another id. */
  chainId?: string
  /** A cache before the node keeps what it answered 200, for so many milliseconds of the world. */
  cachedMs?: number
  /** The node is so many blocks behind. */
  behindBlocks?: number
  /** The node is behind by what its chain made in so many milliseconds. */
  behindMs?: number
  /** The node stopped following its chain at this height, and says so of nothing. */
  stuckAtHeight?: number
  /** A load balancer before two nodes, one of them so many blocks behind: every second answer is the laggard's. */
  laggingBlocks?: number
  /** A front before the node: no answer has a height header. */
  noHeights?: true
  /** A node of a halted chain that was restarted and has made no block since. */
  restarted?: true
  /** Bodies above so many bytes are 429 code 8: the message limit between gateway and node. */
  maxMessageBytes?: number
  /** Pages above so many items run out of query gas. */
  maxPageItems?: number
}

/** Counts the requests of each second; tells when there are more than allowed. */
export class RateCounter {
  #second = 0
  #count = 0

  /** Whether a request at `nowMs` is above `limit` requests in its second. */
  exceeds(limit: number, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#count = 0
    }
    this.#count++
    return this.#count > limit
  }
}
