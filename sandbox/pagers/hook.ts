// A receiver of the generic webhook: takes what docs/pagers.md says that is sent, and nothing else.
import { type Answered, type Asked, json, parsed } from './http.ts'

export interface Hook {
  pages: Record<string, unknown>[]
  /** What must be sent as `Authorization: Bearer`; null: nothing. */
  token: string | null
}

export const createHook = (token: string | null = null): Hook => ({ pages: [], token })

const isTime = (value: unknown) => typeof value === 'string' && new Date(value).toISOString() === value
const isText = (value: unknown) => typeof value === 'string' && value !== ''

export function answerHook({ method, headers, body }: Asked, world: Hook): Answered {
  if (method !== 'POST') return json(405, { error: 'POST only' })
  if (world.token !== null && headers.authorization !== `Bearer ${world.token}`) return json(401, {})
  const page = parsed(body)
  const alerts = page?.alerts as Record<string, unknown>[]
  const fits =
    page !== null &&
    page.version === 1 &&
    ['trigger', 'acknowledge', 'resolve'].includes(String(page.action)) &&
    [page.key, page.level, page.summary].every(isText) &&
    typeof page.details === 'string' &&
    isTime(page.at) &&
    (page.url === null || isText(page.url)) &&
    Array.isArray(alerts) &&
    alerts.every(
      (one) => Number.isInteger(one.number) && [one.identity, one.level, one.headline].every(isText),
    )
  if (!fits) return json(422, { error: 'not a page' })
  world.pages.push(page)
  return { status: 204, headers: {}, body: '' }
}
