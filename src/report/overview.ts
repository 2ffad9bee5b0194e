// Whole chains in a line (pure): their clients counted by severity, how old, what is wrong; for answers and the digest.

import { type ChainStatus, statusText } from '../clients/chain-status.ts'
import { viewOf } from '../clients/claim.ts'
import { counts, type Line, plainCounts } from '../clients/line.ts'
import { SIGN } from '../words/levels.ts'
import { count, grouped } from '../words/numbers.ts'
import { CHAIN_LABEL_MAX, code, idList } from '../words/text.ts'
import { ago } from '../words/time.ts'

/** A chain and its clients; `name`: its label. */
export interface ChainLines {
  name: string
  chainId: string
  lines: readonly Line[]
  status: ChainStatus
}

/** "**Osmosis** `osmosis-1`: 1 critical, 12 expired, 1,034 ok · alerts about 12 · read 4 minutes ago" */
export function summary(chain: ChainLines, nowMs: number): string {
  const { lines } = chain
  const about = lines.filter((line) => line.about).length
  const noted = lines.length > 0 && about < lines.length ? `alerts about ${grouped(about)}` : ''
  return chainText(chain, [counts(lines).join(', ') || 'no clients', noted], nowMs)
}

/** The same for the command: "…: 🟢 2 ok · ⚪ 5 that alerts are not about: 3 expired, 2 ok · read 4 minutes ago" */
export function summaryApart(chain: ChainLines, nowMs: number): string {
  const { lines } = chain
  const apart = lines.filter(isApart)
  const rest = counts(lines.filter((line) => !isApart(line))).join(', ')
  const parts = [rest, apartText(apart)].filter(Boolean)
  return chainText(chain, parts.length > 0 ? parts : ['no clients'], nowMs)
}

/** Counted in one line: alerts are not about it. What cannot be read is never one of them. */
export const isApart = ({ about, severity, row }: Line): boolean =>
  !about && severity !== 'unreadable' && row.unseenSinceMs === null

/** "⚪ 5 that alerts are not about: 3 expired, 2 ok"; empty for none. */
export const apartText = (apart: readonly Line[]): string =>
  apart.length === 0
    ? ''
    : `⚪ ${grouped(apart.length)} that alerts are not about: ${plainCounts(apart).join(', ')}`

function chainText({ name, chainId, status }: ChainLines, parts: readonly string[], nowMs: number): string {
  const [first, ...more] = parts
  const all = [
    `**${name}** ${code(chainId, 60)}: ${first}`,
    ...more,
    ageText([status.readMs]),
    statusText(status, nowMs),
  ]
  return all.filter(Boolean).join(' · ')
}

/** How old an answer is: by the oldest of its readings. */
export function ageText(readMs: readonly (number | null)[]): string {
  const known = readMs.filter((one) => one !== null)
  if (known.length === 0) return 'not read yet'
  const oldest = `read ${ago(Math.min(...known))}`
  return known.length < readMs.length
    ? `${oldest}, ${count(readMs.length - known.length, 'chain')} not yet`
    : oldest
}

/** The chains that came in as far ends, in one line: "⚫ 3 of 41 far ends from the chain registry cannot be read: …" */
export function farEndLines(chains: readonly { name: string; status: ChainStatus }[]): string[] {
  if (chains.length === 0) return []
  const unseen = chains.filter(({ status }) => !viewOf(status).readable).map(({ name }) => name)
  const what = `${count(chains.length, 'chain')} from the chain registry as far ends`
  if (unseen.length === 0) return [`${SIGN.ok} ${what}, all can be read`]
  return [
    `${SIGN.blind} ${what}, ${grouped(unseen.length)} cannot be read: ${idList(unseen, 12, CHAIN_LABEL_MAX)}`,
  ]
}
