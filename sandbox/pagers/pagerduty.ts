// PagerDuty's Events API v2 as it answers: what it refuses, and what its incidents become by their `dedup_key`.
import { type Answered, type Asked, json, parsed } from './http.ts'

/** An incident: one for each time that a key was triggered while none was open under it. */
export interface Incident {
  key: string
  status: 'triggered' | 'acknowledged' | 'resolved'
  severity: string
  summary: string
  /** Each event that it took, in order. */
  log: string[]
  /** How often somebody was called: an incident that is open already calls nobody anew. */
  calls: number
}

export interface PagerDuty {
  /** The integration's key. */
  key: string
  incidents: Incident[]
}

export const createPagerDuty = (key = 'R0123456789abcdefghijklmnopqrstu'): PagerDuty => ({
  key,
  incidents: [],
})

const SEVERITIES = ['critical', 'error', 'warning', 'info']
const ACTIONS = ['trigger', 'acknowledge', 'resolve']
const MOST_BYTES = 512 * 1024

const refuse = (...errors: string[]) =>
  json(400, { status: 'invalid event', message: 'Event object is invalid', errors })

export const throttled = (): Answered =>
  json(429, {
    status: 'throttle exceeded',
    message: 'Requests for this service are arriving too quickly. Please retry later.',
    errors: ['Enhance Your Calm.'],
  })

export function answerPagerDuty({ method, path, body }: Asked, world: PagerDuty): Answered {
  if (path !== '/v2/enqueue') return json(404, { message: 'Not Found' })
  if (method !== 'POST') return json(405, { message: 'Method Not Allowed' })
  if (Buffer.byteLength(body) > MOST_BYTES)
    return json(413, { status: 'invalid event', errors: ['too large'] })
  const event = parsed(body)
  if (event === null) return refuse('JSON is invalid')
  const errors = problems(event)
  if (errors.length > 0) return refuse(...errors)
  if (event.routing_key !== world.key) return refuse('Invalid routing key')
  const key = (event.dedup_key as string | undefined) || `made-${world.incidents.length}`
  take(world, key, event.event_action as string, event.payload as Record<string, string>)
  return json(202, { status: 'success', message: 'Event processed', dedup_key: key })
}

function problems({
  routing_key,
  event_action,
  dedup_key,
  payload,
  links,
}: Record<string, unknown>): string[] {
  const found: string[] = []
  const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
  if (!isText(routing_key)) found.push("'routing_key' is missing or blank")
  else {
    if (routing_key.length !== 32)
      found.push("Length of 'routing_key' is incorrect (should be 32 characters)")
    if (/[^a-z0-9]/i.test(routing_key))
      found.push("'routing_key' cannot contain non-alphanumeric characters.")
  }
  if (!ACTIONS.includes(String(event_action))) found.push("'event_action' is invalid (must be trigger, …)")
  if (dedup_key !== undefined && (typeof dedup_key !== 'string' || dedup_key.length > 255))
    found.push("'dedup_key' is too long (maximum is 255 characters)")
  if (event_action !== 'trigger') {
    if (!isText(dedup_key)) found.push("'dedup_key' is missing or blank")
    return found
  }
  if (links !== undefined && !(Array.isArray(links) && links.every((one) => isText(one?.href))))
    found.push("'links' is invalid (must be a list of objects with href)")
  if (typeof payload !== 'object' || payload === null) return [...found, "'payload' is missing or blank"]
  const { summary, source, severity, timestamp } = payload as Record<string, unknown>
  if (!isText(summary)) found.push("'payload.summary' is missing or blank")
  else if (summary.length > 1024) found.push("'payload.summary' is too long (maximum is 1024 characters)")
  if (!isText(source)) found.push("'payload.source' is missing or blank")
  if (!SEVERITIES.includes(String(severity)))
    found.push(
      "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    )
  if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp))))
    found.push("'payload.timestamp' is invalid")
  return found
}

function take({ incidents }: PagerDuty, key: string, action: string, payload: Record<string, string>): void {
  const open = incidents.findLast((one) => one.key === key && one.status !== 'resolved')
  if (action === 'trigger' && !open) {
    const { severity, summary } = payload as { severity: string; summary: string }
    incidents.push({ key, status: 'triggered', severity, summary, log: ['trigger'], calls: 1 })
    return
  }
  // Taken all the same where it is open nowhere: nothing comes of it.
  if (!open) return
  open.log.push(action)
  if (action === 'trigger') open.summary = payload.summary!
  if (action === 'acknowledge') open.status = 'acknowledged'
  if (action === 'resolve') open.status = 'resolved'
}
