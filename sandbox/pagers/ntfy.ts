// An ntfy server as it answers: the rules of topics, priorities, tags and sizes, and its own errors by their codes.
import { type Answered, type Asked, json, parsed } from './http.ts'

export interface NtfyMessage {
  topic: string
  message: string
  title?: string
  priority?: number
  tags?: string[]
  click?: string
}

export interface Ntfy {
  messages: NtfyMessage[]
  /** What must be sent as `Authorization: Bearer`; null: anybody may publish. */
  token: string | null
}

export const createNtfy = (token: string | null = null): Ntfy => ({ messages: [], token })

/** What is longer is no message, but a file beside it: these are not kept here. */
const MESSAGE_BYTES = 4096

const refuse = (code: number, error: string) =>
  json(Math.floor(code / 100), { code, http: Math.floor(code / 100), error, link: 'https://ntfy.sh/docs/' })

export const tooManyMessages = (): Answered => refuse(42908, 'limit reached: too many messages')

export function answerNtfy({ method, path, headers, body }: Asked, world: Ntfy): Answered {
  if (method === 'GET' && path === '/v1/health') return json(200, { healthy: true })
  if (method !== 'POST' || path !== '/') return refuse(40401, 'page not found')
  if (Buffer.byteLength(body) > MESSAGE_BYTES * 2 + 2048) return refuse(41303, 'JSON body too large')
  const asked = parsed(body) as NtfyMessage | null
  if (asked === null) return refuse(40017, 'invalid request: request body must be message JSON')
  const { topic, message = '', title = '', priority, tags = [], click } = asked
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic ?? '')) return refuse(40009, 'invalid request: topic invalid')
  if (world.token !== null) {
    if (headers.authorization === undefined) return refuse(40301, 'forbidden')
    if (headers.authorization !== `Bearer ${world.token}`) return refuse(40101, 'unauthorized')
  }
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 5))
    return refuse(40007, 'invalid priority parameter')
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string'))
    return refuse(40017, 'invalid request: request body must be message JSON')
  if (Buffer.byteLength(title) > 1024) return refuse(40057, 'invalid request: title too long')
  if (Buffer.byteLength(tags.join(',')) > 512) return refuse(40058, 'invalid request: tags too long')
  if (click !== undefined && !URL.canParse(click)) return refuse(40017, 'invalid request: click')
  if (Buffer.byteLength(message) > MESSAGE_BYTES)
    return refuse(40014, 'invalid request: attachments not allowed')
  world.messages.push(asked)
  const id = `m${world.messages.length}`
  return json(200, { id, time: 1_764_000_000, event: 'message', topic, message: message || 'triggered' })
}
