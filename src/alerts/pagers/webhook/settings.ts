// The secret of a pager by a webhook of one's own: its URL, and after it a token where it wants one.
import type { PagerTarget } from '../types.ts'

export const webhookTarget = (
  url: string | null,
  [token, ...more]: readonly string[],
): PagerTarget | string =>
  url === null || more.length > 0
    ? 'Put the URL into it that pages are posted to, and a token after a space where it wants one (`Authorization: Bearer`).'
    : { url, token: token ?? null, to: '' }
