// What every route gets: the chain as of one height, the query of the request, and the checks that they share.
import { GrpcError } from '../answer.ts'
import type { SandboxChain } from '../chain.ts'
import type { PageRequest, PageResponse } from '../paginate.ts'
import type { Profile } from '../profiles.ts'
import type { JudgedAt } from '../verdict.ts'

export interface Context {
  chain: SandboxChain
  profile: Profile
  /** The chain id that the node says it is of; differs from the chain's own only by a fault. */
  chainId: string
  /** Height that the store is read at: it stands in the height header. */
  height: number
  /** Newest block that this node knows. */
  latestHeight: number
  /** With what `client_status` is judged. */
  judgedAt: JudgedAt
  /** The node says that it is catching up. */
  syncing: boolean
  /** The height has been pruned, on a version that then reads an empty store. */
  storeEmpty: boolean
  query: URLSearchParams
  /** Items that one page may hold before the query gas runs out. */
  maxPageItems: number
}

/** A route: the segments of its path (decoded), the context; returns compact JSON or throws `GrpcError`. */
export type Route = (segments: readonly string[], context: Context) => string

/**
 * Reads `pagination.*`.
 * @throws {GrpcError} code 3 for what does not parse; `bothCode` when key and offset are given together
 */
export function pageRequest(query: URLSearchParams, both: () => GrpcError): PageRequest {
  const key = base64(query.get('pagination.key') ?? '')
  const offset = uint64(query.get('pagination.offset') ?? '0')
  const limit = uint64(query.get('pagination.limit') ?? '0')
  if (key !== '' && offset !== 0n) throw both()
  return {
    key,
    offset,
    limit,
    countTotal: query.get('pagination.count_total') === 'true',
    reverse: query.get('pagination.reverse') === 'true',
  }
}

/** Key and offset together, as IBC's modules refuse it. */
export function ibcBoth(): GrpcError {
  return new GrpcError(2, 'invalid request, either offset or key is expected, got both')
}

/** `{"next_key","total"}` */
export function pageJson(page: PageResponse): string {
  const key = page.nextKey === null ? 'null' : `"${Buffer.from(page.nextKey, 'latin1').toString('base64')}"`
  return `{"next_key":${key},"total":"${page.total}"}`
}

/** Parses an unsigned 64-bit integer as Go's `strconv.ParseUint` would. */
export function uint64(text: string, name?: string): bigint {
  const value = /^\d+$/.test(text) ? BigInt(text) : null
  if (value !== null && value < 1n << 64n) return value
  const why = value === null ? 'invalid syntax' : 'value out of range'
  const message = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`
  throw new GrpcError(3, name ? `type mismatch, parameter: ${name}, error: ${message}` : message, false)
}

function base64(text: string): string {
  const bad = /[^A-Za-z0-9+/\-_=]/.exec(text)?.index ?? (text.length % 4 === 0 ? -1 : text.length)
  if (bad >= 0) throw new GrpcError(3, `illegal base64 data at input byte ${bad}`, false)
  return Buffer.from(text, 'base64').toString('latin1')
}

/**
 * Checks an identifier as ICS-24 has it.
 * @throws {GrpcError} code 3 when it is blank, too short or long, or has characters that it must not have
 */
export function identifier(id: string, shortest: number): string {
  if (id.trim() === '') throw new GrpcError(3, 'identifier cannot be blank: invalid identifier')
  if (id.length < shortest || id.length > 64) {
    const range = `must be between ${shortest}-64 characters: invalid identifier`
    throw new GrpcError(3, `identifier ${id} has invalid length: ${id.length}, ${range}`)
  }
  if (!/^[a-zA-Z0-9._+\-#[\]<>]+$/.test(id)) {
    const allowed = "'.', '_', '+', '-', '#', '[', ']', '<', '>'"
    const message = `identifier ${id} must contain only alphanumeric or the following characters: ${allowed}`
    throw new GrpcError(3, `${message}: invalid identifier`)
  }
  return id
}

/** `"proof":null,"proof_height":{…}`, the end of many single answers. */
export function proof(context: Context): string {
  return `"proof":null,"proof_height":${ownHeight(context)}`
}

/** The chain's own height as IBC writes it. */
export function ownHeight({ chain, height }: Context): string {
  return `{"revision_number":"${chain.revision}","revision_height":"${height}"}`
}
