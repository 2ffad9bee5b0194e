// Text with Discord's marks as plain text, for what knows nothing of them: a phone, another program (pure).
import { utc } from './time.ts'

const MARKS =
  /\\([^\w\s])|```\w*\n?|`([^`]+)`|\*\*|~~|__|<t:(-?\d+)(?::[a-zA-Z])?>|<(?:@[&!]?|#)\d+>|\[([^\]]+)\]\(<?(https?:[^)\s>]+)>?\)|<(https?:[^>\s]+)>/g

/** Times become plain UTC as at `nowMs` (Unix ms), mentions and signs of emphasis go, links stand after their text. */
export const unmarked = (text: string, nowMs: number): string =>
  text
    .replace(MARKS, (_, escaped, code, seconds, label, link, bare) => {
      if (seconds !== undefined) return utc(Number(seconds) * 1000, nowMs)
      return label === undefined ? (escaped ?? code ?? bare ?? '') : `${label} (${link})`
    })
    .replace(/[ \t]+$/gm, '')
