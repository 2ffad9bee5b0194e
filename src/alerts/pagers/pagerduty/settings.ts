// The secret of a pager at PagerDuty: the integration's key, and before it the region's address where it is not the US.
import type { PagerTarget } from '../types.ts'

const US = 'https://events.pagerduty.com'

export function pagerdutyTarget(url: string | null, [key, ...more]: readonly string[]): PagerTarget | string {
  if (key === undefined || more.length > 0 || !/^[a-z0-9]{32}$/i.test(key))
    return 'Put the integration key into it, 32 letters and digits (service, Integrations, Events API V2); for the EU: https://events.eu.pagerduty.com and the key.'
  return { url: new URL('/v2/enqueue', url ?? US).href, token: key, to: '' }
}
