// The secret of a pager by ntfy: the topic's URL, and after it an access token where the topic wants one.
import type { PagerTarget } from '../types.ts'

export function ntfyTarget(url: string | null, [token, ...more]: readonly string[]): PagerTarget | string {
  const [, base, topic] = /^(https?:\/\/[^?#]+\/)([-_A-Za-z0-9]{1,64})\/?$/.exec(url ?? '') ?? []
  if (base === undefined || topic === undefined || more.length > 0)
    return 'Put the URL of the topic into it, such as https://ntfy.sh/TOPIC, and an access token (tk_…) after a space where the topic wants one.'
  return { url: base, token: token ?? null, to: topic }
}
