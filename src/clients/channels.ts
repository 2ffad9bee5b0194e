// What is known of the channels over a client, and in which words (pure): never "none" where nobody could look.
import type { ChainSettings } from '../chains/settings.ts'
import { count } from '../words/numbers.ts'
import { idList } from '../words/text.ts'
import { ago } from '../words/time.ts'
import type { SeldomAnswer } from './knowledge.ts'
import type { ClientRow } from './types.ts'

/**
 * How the channels of a client are known: by the last sweep; as they were then, because they could not be read since
 * (Unix ms; null: before this is kept); never read; not asked for, at a far end; or there are none to have, because it
 * serves IBC v2.
 */
export type ChannelsKnown = 'now' | { asOfMs: number | null } | 'never' | 'not-asked' | 'v2'

/** `answered`: what is kept of the questions that are asked seldom, see `SeldomAnswer`. */
export function channelsKnown(
  row: Pick<ClientRow, 'clientId' | 'connectionIds' | 'openChannels' | 'firstSeenMs'>,
  chain: Pick<ChainSettings, 'connections' | 'mine'> | null,
  answered: (question: string) => SeldomAnswer | null,
): ChannelsKnown {
  if (chain && chain.connections !== 'all') {
    const named = [...chain.mine, ...(chain.connections === 'none' ? [] : chain.connections)]
    if (![row.clientId, ...row.connectionIds].some((id) => named.includes(id))) return 'not-asked'
  }
  if (row.openChannels.length === 0 && answered(`v2:${row.clientId}`)?.answer === 'yes') return 'v2'
  const lost = answered('uses lost')
  if (lost?.answer !== 'yes') return 'now'
  return row.firstSeenMs >= lost.askedMs ? 'never' : { asOfMs: answered('uses')?.askedMs ?? null }
}

/** "3 open channels", "stuck: channel-0, channel-4", with `ids` as they are called; how old that is, where it is. */
export function channelWords(
  { openChannels }: Pick<ClientRow, 'openChannels'>,
  known: ChannelsKnown = 'now',
  form: 'count' | 'stuck' | 'all' = 'count',
): string {
  if (known === 'v2') return 'IBC v2: packets go from client to client, without channels'
  if (known === 'not-asked') return 'a far end: its channels are not read here'
  if (known === 'never') return 'its channels could not be read yet'
  const old =
    known === 'now' ? '' : ` as of ${known.asOfMs === null ? 'an earlier reading' : ago(known.asOfMs)}`
  const unread = old && ', not readable since'
  if (openChannels.length === 0) return old ? `no channel known${old}${unread}` : 'no open channel'
  if (form === 'stuck') return `stuck: ${idList(openChannels, 6)}${old && ` (${old.trim()}${unread})`}`
  const ids = form === 'all' ? `: ${idList(openChannels, 8)}` : ''
  return `${count(openChannels.length, 'open channel')}${ids}${old}${unread}`
}
