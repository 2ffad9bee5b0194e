// Where alerts about a chain, and what is on it, go: by the routes of the configuration, with whom they tag there.

import type { Destination } from '../alerts/outbox/commit.ts'
import { withPagers } from '../alerts/pagers/settings.ts'
import { destinations } from '../alerts/routes.ts'
import type { Directory } from './directory.ts'
import type { ChainsSettings } from './settings.ts'

/** The destinations of what is about a chain; null: about none in particular. */
export function chainDestinations(
  settings: Pick<ChainsSettings, 'alerts'>,
  directory: Directory,
  chainId: string | null,
): Destination[] {
  if (chainId === null)
    return withPagers(settings, null, destinations(settings, null, settings.alerts.mention))
  const known = directory.getKnown(chainId)
  // A route knows one that is not watched by the word for it alone.
  const word = directory.get(chainId) === null ? known?.word : undefined
  const about = word ?? chainId
  const tags = known?.alerts.mention ?? settings.alerts.mention
  return withPagers(settings, about, destinations(settings, about, tags))
}
