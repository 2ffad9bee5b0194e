// How an answer of a node looks: error bodies, height headers and the JSON style of each version.
import type { Profile } from './profiles.ts'

/** A gRPC error that a route answers with. */
export class GrpcError extends Error {
  readonly code: number
  /** The height header is sent: the request has reached the app. */
  readonly reachedApp: boolean
  constructor(code: number, message: string, reachedApp = true) {
    super(message)
    this.code = code
    this.reachedApp = reachedApp
  }
}

/** The gateway's HTTP status for a gRPC code. */
export const HTTP_STATUS: Record<number, number> = {
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  8: 429,
  12: 501,
  13: 500,
  14: 503,
}

/** "Not Implemented": an unknown route, or a wrong method. */
export function notImplemented(): GrpcError {
  return new GrpcError(12, 'Not Implemented', false)
}

/** `{"code","message","details"}` in the style of the version. */
export function errorBody(profile: Profile, code: number, message: string): string {
  const quoted = JSON.stringify(message)
  if (profile.indented) return `{\n  "code": ${code},\n  "message": ${quoted},\n  "details": [\n  ]\n}`
  const comma = profile.spacedErrors ? ', ' : ','
  return `{"code":${code}${comma}"message":${quoted}${comma}"details":[]}`
}

/** A compact body as the version writes it. */
export function styled(profile: Profile, body: string): string {
  if (!profile.indented) return body
  return JSON.stringify(JSON.parse(body), null, 2).replace(/^( *)(.*)\[\](,?)$/gm, '$1$2[\n$1]$3')
}

/** The response headers of an answer, flat (name, value, …). `height` null: it never reached the app. */
export function headersOf(profile: Profile, status: number, height: number | null, nowMs: number): string[] {
  const headers = ['Content-Type', 'application/json']
  if (height !== null) {
    headers.push('Grpc-Metadata-Content-Type', 'application/grpc+cosmos-sdk-grpc-codec')
    headers.push('Grpc-Metadata-X-Cosmos-Block-Height', String(height))
    if (profile.plainHeightHeader && status === 200) headers.push('X-Cosmos-Block-Height', String(height))
  }
  headers.push('X-Server-Time', String(Math.floor(nowMs / 1000)))
  return headers
}
