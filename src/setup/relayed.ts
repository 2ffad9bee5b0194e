// Which clients a relayer keeps alive, by the host's transaction index: those of its last MsgUpdateClient.
import { z } from 'zod'
import { clientIdSchema } from '../chains/settings.ts'
import { type ChainPool, isUpstream } from '../cosmos/types.ts'
import { type Address, sameAccount } from '../kernel/address.ts'

const UPDATE = '/ibc.core.client.v1.MsgUpdateClient'

const text = z.string()
const message = z.looseObject({ '@type': text, client_id: text.optional(), signer: text.optional() })
const tx = z.object({ body: z.object({ messages: z.array(message) }) })
const foundSchema = z.object({
  tx_responses: z
    .array(z.object({ code: z.number(), tx }))
    .nullish()
    .transform((found) => found ?? []),
})

/** A transaction holds whole headers: 20 of them are some megabytes. */
const PER_PAGE = 20
const MOST_PAGES = 5

/**
 * The addresses under which relayers may update clients of a chain: those with its prefix; where there is none, the
 * same accounts as this chain writes them.
 */
export function addressesOn(prefix: string, relayers: readonly Address[]): string[] {
  const own = relayers.filter((one) => one.prefix === prefix).map(({ canonical }) => canonical)
  return own.length > 0 ? own : relayers.flatMap((one) => sameAccount(one, prefix)?.text ?? [])
}

/**
 * The clients that an address has updated in its last hundred transactions that updated any, the newest first. Each packet
 * brings an update with it: `isCut` says that those of quiet channels may be among the older ones.
 * @throws {UpstreamError | AnswerError} where no index tells
 */
export async function clientsUpdatedBy(
  pool: ChainPool,
  address: string,
): Promise<{ clients: string[]; isCut: boolean }> {
  let isCut = true
  const clients = new Set<string>()
  const take = async (page: number, limit: number) => {
    const { value } = await pool.get(searchPath(address, page, limit), foundSchema)
    const accepted = value.tx_responses.filter(({ code }) => code === 0)
    // Some versions find a transaction whose conditions are met by different messages.
    for (const { '@type': type, client_id: id, signer } of accepted.flatMap(({ tx }) => tx.body.messages))
      if (type === UPDATE && signer === address && clientIdSchema.safeParse(id).success) clients.add(id!)
    return value.tx_responses.length
  }
  try {
    for (let page = 1; page <= MOST_PAGES && isCut; page++) isCut = (await take(page, PER_PAGE)) === PER_PAGE
  } catch (error) {
    if (!isUpstream(error)) throw error
    // One transaction in a pruned block spoils a page; and no version has a page after the last.
    if (clients.size === 0) await take(1, 1)
  }
  return { clients: [...clients], isCut }
}

/** In both languages at once: up to SDK 0.47 only `events` counts, from 0.50 on only `query`; 2 is newest first. */
function searchPath(address: string, page: number, limit: number): string {
  const conditions = [`message.sender='${address}'`, `message.action='${UPDATE}'`]
  const query = new URLSearchParams({ query: conditions.join(' AND '), order_by: '2' })
  for (const one of conditions) query.append('events', one)
  query.append('page', String(page))
  query.append('limit', String(limit))
  return `/cosmos/tx/v1beta1/txs?${query}`
}
