// One REST endpoint of a chain of the sandbox: real HTTP on loopback, with faults that can be changed at run time.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Clock } from '../../src/kernel/clock.ts'
import { errorBody, GrpcError, HTTP_STATUS, headersOf, notImplemented, styled } from './answer.ts'
import type { SandboxChain } from './chain.ts'
import { type Faults, RateCounter } from './faults.ts'
import { TooManyItems } from './paginate.ts'
import type { Context } from './routes/context.ts'
import { answerPath } from './routes/index.ts'
import type { ChainWorld } from './world.ts'

export type { Faults } from './faults.ts'

/** One request as the endpoint saw it. */
export interface LoggedRequest {
  /** Path with query. */
  path: string
  /** The height that the request asked for, as its header said it; null for the latest. */
  pinned: string | null
  /** 0 while it is not answered, and for what never is. */
  status: number
}

/** Requests that `log` keeps. */
const LOG_LENGTH = 1000

interface Answer {
  status: number
  headers: string[]
  body: string
}

/** A running endpoint. */
export class ChainEndpoint {
  readonly chain: SandboxChain
  readonly #clock: Clock
  readonly #server: Server
  readonly #rate = new RateCounter()
  #port = 0
  #turn = 0
  readonly #cache = new Map<string, { answer: Answer; untilMs: number }>()
  faults: Faults
  /** Requests received so far. */
  requests = 0
  /** The newest requests, oldest first. */
  readonly log: LoggedRequest[] = []

  constructor(chain: SandboxChain, clock: Clock, faults: Faults) {
    this.chain = chain
    this.#clock = clock
    this.faults = faults
    this.#server = createServer((request, response) => this.#receive(request, response))
    this.#server.keepAliveTimeout = 60_000
  }

  /** `http://127.0.0.1:{port}` */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens: on a free port the first time, on the same one after `stop`. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Refuses connections from now on, and drops those that are open. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  /** Ends the endpoint at once. */
  close(): Promise<void> {
    return this.stop()
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/'
    const { headers } = request
    const pinned = headers['x-cosmos-block-height'] ?? headers['grpc-metadata-x-cosmos-block-height'] ?? null
    const entry: LoggedRequest = { path, pinned: pinned === null ? null : String(pinned), status: 0 }
    this.requests++
    this.log.push(entry)
    if (this.log.length > LOG_LENGTH) this.log.shift()
    const all = this.faults
    const faults = all.only && !all.only.test(path) ? {} : all
    if (faults.hang) return
    const send = () => {
      if (faults.reset) return void request.socket.resetAndDestroy()
      const answer = this.#cached(request.method ?? 'GET', entry, faults)
      entry.status = answer.status
      const body = packed(answer.body, faults)
      const { length } = body
      const encoding = faults.packed?.replace('damaged', 'gzip')
      const headers = [...answer.headers, ...(encoding ? ['Content-Encoding', encoding] : [])]
      response.writeHead(answer.status, [...headers, 'Content-Length', String(length)])
      if (faults.cut) {
        const half = body.subarray(0, length >> 1)
        return void response.write(half, () => request.socket.destroy())
      }
      response.end(body)
    }
    if (all.latencyMs) setTimeout(send, all.latencyMs)
    else send()
  }

  #cached(method: string, entry: LoggedRequest, faults: Faults): Answer {
    if (faults.cachedMs === undefined) return this.#answer(method, entry, faults)
    const nowMs = this.#clock.now()
    const key = `${entry.path} ${entry.pinned}`
    const kept = this.#cache.get(key)
    if (kept && nowMs < kept.untilMs) return kept.answer
    const answer = this.#answer(method, entry, faults)
    if (answer.status === 200) this.#cache.set(key, { answer, untilMs: nowMs + faults.cachedMs })
    return answer
  }

  #answer(method: string, entry: LoggedRequest, faults: Faults): Answer {
    const { profile } = this.chain
    const nowMs = this.#clock.now()
    const refused = refusal(faults, this.#rate, nowMs)
    if (refused) return refused
    let height: number | null = null
    try {
      if (faults.starting) {
        const why =
          'connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:9090: connect: connection refused"'
        throw new GrpcError(14, why, false)
      }
      if (method !== 'GET') throw notImplemented()
      const [path, query] = split(entry.path)
      const context = this.#context(new URLSearchParams(query), entry.pinned, faults)
      height = context.height
      let body = answerPath(path, context)
      if (faults.rewrite) body = faults.rewrite(body, entry.path)
      if (faults.maxMessageBytes !== undefined && body.length > faults.maxMessageBytes) {
        const sizes = `${body.length} vs. ${faults.maxMessageBytes}`
        throw new GrpcError(8, `grpc: received message larger than max (${sizes})`)
      }
      if (faults.notJson) body = body.slice(0, -2)
      else body = styled(profile, body)
      return { status: 200, headers: headersOf(profile, 200, faults.noHeights ? null : height, nowMs), body }
    } catch (error) {
      const known = this.#grpcError(error)
      const status = HTTP_STATUS[known.code] ?? 500
      const shown = known.reachedApp && !faults.noHeights ? height : null
      const headers = headersOf(profile, status, shown, nowMs)
      return { status, headers, body: errorBody(profile, known.code, known.message) }
    }
  }

  #grpcError(error: unknown): GrpcError {
    if (error instanceof GrpcError) return error
    if (!(error instanceof TooManyItems)) throw error
    if (!this.chain.profile.restartedNodeRefuses) return new GrpcError(13, '{ValuePerByte}')
    const why = 'Query gas limit exceeded: 200000, out of gas in location: ValuePerByte'
    return new GrpcError(2, `codespace sdk code 11: out of gas: ${why}`)
  }

  /** Which height is read, and with what it is judged: pins, lagging nodes, halts and restarts. */
  #context(query: URLSearchParams, pinnedText: string | null, faults: Faults): Context {
    const { chain } = this
    const { profile, blocks } = chain
    const shownMs = this.#clock.now() - (faults.behindMs ?? 0)
    // A node that is further behind than its chain is old has no block.
    if (faults.behindMs && !blocks.hadBegunAt(shownMs)) {
      const why = `${chain.chainId} is not ready; please wait for first block`
      throw new GrpcError(2, `codespace sdk code 26: invalid height: ${why}`, false)
    }
    const newest = faults.behindMs ? blocks.heightAt(shownMs) : blocks.height
    let latestHeight = newest - (faults.behindBlocks ?? 0)
    if (faults.laggingBlocks && this.#turn++ % 2 === 1) latestHeight -= faults.laggingBlocks
    if (faults.stuckAtHeight !== undefined) latestHeight = Math.min(latestHeight, faults.stuckAtHeight)
    latestHeight = Math.max(1, latestHeight)
    const pinned = pinnedHeight(pinnedText)
    if (faults.restarted && profile.restartedNodeRefuses && pinned === 0) {
      const why = 'context did not contain latest block height in either check state or finalize block state'
      throw new GrpcError(2, `codespace sdk code 26: invalid height: ${why} (${latestHeight})`, false)
    }
    if (pinned > latestHeight) {
      const why = 'cannot query with height in the future; please provide a valid height'
      throw new GrpcError(2, `codespace sdk code 26: invalid height: ${why}`, false)
    }
    const height = pinned || latestHeight
    const gone = height < chain.earliestStateHeight
    if (gone && !profile.prunedHeightLooksEmpty) throw pruned(chain, height)
    const emptyHeader =
      faults.restarted &&
      !profile.restartedNodeRefuses &&
      (profile.pinnedStatusUsesLatestTime || height === latestHeight)
    const judgedHeight = profile.pinnedStatusUsesLatestTime ? latestHeight : height
    return {
      chain,
      profile,
      chainId: faults.chainId ?? chain.chainId,
      height,
      latestHeight,
      judgedAt: { height, blockTimeNs: emptyHeader ? null : blocks.timeNs(judgedHeight) },
      syncing: faults.restarted === true,
      storeEmpty: gone,
      query,
      maxPageItems: faults.maxPageItems ?? Infinity,
    }
  }
}

/** Starts an endpoint of a chain of the world on a free port of 127.0.0.1. */
export async function serveChain(
  world: ChainWorld,
  chainId: string,
  faults: Faults = {},
): Promise<ChainEndpoint> {
  const endpoint = new ChainEndpoint(world.chain(chainId), world.clock, faults)
  await endpoint.listen()
  return endpoint
}

/** Starts one endpoint for each chain of the world; by chain id. */
export async function serveWorld(
  world: ChainWorld,
  faults: Faults = {},
): Promise<Map<string, ChainEndpoint>> {
  const endpoints = new Map<string, ChainEndpoint>()
  for (const chainId of world.chains.keys()) {
    endpoints.set(chainId, await serveChain(world, chainId, { ...faults }))
  }
  return endpoints
}

/** The bytes of a body as they are sent. */
function packed(body: string, faults: Faults): Buffer {
  const plain = Buffer.from(faults.mark ? `\uFEFF${body}` : body)
  if (faults.packed === 'deflate') return deflateSync(plain)
  if (faults.packed === 'br') return brotliCompressSync(plain)
  if (faults.packed === undefined) return plain
  return faults.packed === 'gzip' ? gzipSync(plain) : gzipSync(plain).subarray(0, -9)
}

/** Answers that are given before the node is asked: a proxy's or a gateway's. */
function refusal(faults: Faults, rate: RateCounter, nowMs: number): Answer | null {
  const text = (status: number, body: string, headers: string[] = []): Answer => ({
    status,
    headers: ['Content-Type', 'text/plain; charset=utf-8', ...headers],
    body,
  })
  const perSecond = faults.requestsPerSecond
  if (perSecond !== undefined) {
    const limit = typeof perSecond === 'number' ? { limit: perSecond } : perSecond
    if (rate.exceeds(limit.limit, nowMs)) {
      return text(429, 'Too Many Requests', 'retryAfter' in limit ? ['Retry-After', limit.retryAfter] : [])
    }
  }
  if (faults.tooMany) {
    return text(
      429,
      'Too Many Requests',
      faults.tooMany === true ? [] : ['Retry-After', faults.tooMany.retryAfter],
    )
  }
  if (faults.movedTo) return text(301, '', ['Location', faults.movedTo])
  if (faults.html) {
    const body = `<html><head><title>${faults.html}</title></head><body><h1>${faults.html} Bad Gateway</h1></body></html>`
    return { status: faults.html, headers: ['Content-Type', 'text/html'], body }
  }
  if (faults.status) {
    return {
      status: faults.status,
      headers: ['Content-Type', 'application/json'],
      body: '{"code":13,"message":"internal error","details":[]}',
    }
  }
  return null
}

function split(path: string): [string, string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}

function pinnedHeight(text: string | null): number {
  if (text === null) return 0
  if (!/^-?\d+$/.test(text)) {
    const parse = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`
    const why = `Baseapp.RegisterGRPCServer: invalid height header "x-cosmos-block-height": ${parse}`
    throw new GrpcError(2, `codespace sdk code 18: invalid request: ${why}`, false)
  }
  const height = Number(text)
  if (height >= 0) return height
  const why = 'cannot query with height < 0; please provide a valid height'
  throw new GrpcError(2, `codespace sdk code 18: invalid request: ${why}`, false)
}

function pruned(chain: SandboxChain, height: number): GrpcError {
  const newest = chain.profile.version === 'v11'
  const kind = newest ? 'codespace sdk code 38: not found' : 'codespace sdk code 18: invalid request'
  const why =
    `failed to load state at height ${height}; version mismatch on immutable IAVL tree; version does not exist. ` +
    `Version has either been pruned, or is for a future block height (latest height: ${chain.height})`
  return new GrpcError(2, `${kind}: ${why}`, false)
}
