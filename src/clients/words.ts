// The small words that messages and commands about clients share (pure): names, lists of ids, what is wrong with endpoints.
import type { Directory } from '../chains/directory.ts'
import { chainLabel } from '../chains/find.ts'
import type { EndpointStatus } from '../cosmos/types.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { grouped } from '../words/numbers.ts'
import { label } from '../words/text.ts'
import type { ClientRow } from './rows.ts'

export { chainLabel }

/** "Osmosis 07-tendermint-1 (tracks Cosmos Hub)" */
export function clientLabel(
  row: Pick<ClientRow, 'chainId' | 'clientId' | 'trackedChainId'>,
  directory: Directory,
): string {
  const tracks = row.trackedChainId === null ? '' : ` (tracks ${chainLabel(directory, row.trackedChainId)})`
  return `${chainLabel(directory, row.chainId)} ${label(row.clientId)}${tracks}`
}

/** Up to `max` ids, then how many more: "channel-0, channel-4 and 12 more". Each of at most `longest` characters. */
export function idList(ids: readonly string[], max: number, longest = 30): string {
  const shown = ids.slice(0, max).map((id) => label(id, longest))
  const more = ids.length > max ? ` and ${grouped(ids.length - max)} more` : ''
  return shown.join(', ') + more
}

/** When a client expires, Unix ms rounded down; null where it does not or that is not known. */
export function expiresMs(row: Pick<ClientRow, 'expiresNs'>): number | null {
  return row.expiresNs === null ? null : nsToMs(row.expiresNs)
}

/** What is wrong with each endpoint: "lcd-a time-out, lcd-b 502, lcd-c 41 min behind". */
export function endpointWords(endpoints: readonly EndpointStatus[], max = 6): string {
  const shown = endpoints
    .slice(0, max)
    .map(({ name, reason, state }) => `${label(name)} ${label(reason ?? state, 60)}`)
  const more = endpoints.length > max ? ` and ${endpoints.length - max} more` : ''
  return shown.join(', ') + more
}
