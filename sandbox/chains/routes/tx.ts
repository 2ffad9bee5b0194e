// `/cosmos/tx/v1beta1/txs`: the node's index of transactions, of which it knows those that update clients.
import { GrpcError, notImplemented } from '../answer.ts'
import { timestampJson } from '../client.ts'
import type { Route } from './context.ts'

const UPDATE = '/ibc.core.client.v1.MsgUpdateClient'

/** Up to SDK 0.47 the search is by repeated `events`, from 0.50 on by `query`; the other one is ignored. */
export const txRoutes: Route = (segments, { chain, profile, query }) => {
  if (segments.join('/') !== 'txs') throw notImplemented()
  const isOld = profile.version === 'v6' || profile.version === 'v7'
  const conditions = isOld
    ? query.getAll('events')
    : (query.get('query') ?? '').split(' AND ').filter(Boolean)
  if (conditions.length === 0) {
    throw isOld
      ? new GrpcError(3, 'must declare at least one event to search')
      : new GrpcError(2, 'query cannot be empty')
  }
  const order = query.get('order_by') ?? '0'
  if (isOld && !/^\d$/.test(order))
    throw new GrpcError(3, `type mismatch, parameter: order_by, ${order}`, false)
  const wanted = new Map(
    conditions
      .map((one) => one.split('=') as [string, string])
      .map(([key, text]) => [key, text.slice(1, -1)]),
  )
  const all = chain.updates.filter(
    ({ signer }) =>
      (wanted.get('message.sender') ?? signer) === signer &&
      (wanted.get('message.action') ?? UPDATE) === UPDATE,
  )
  if (order === '2' || order === 'ORDER_BY_DESC') all.reverse()
  const limit = Number(query.get('limit') ?? 100)
  const page = Number(query.get('page') ?? 1)
  const pages = Math.max(1, Math.ceil(all.length / limit))
  if (page > pages) throw new GrpcError(2, `page should be within [1, ${pages}] range, given ${page}`)
  const txs = all.slice((page - 1) * limit, page * limit).map(({ clientId, signer, height, code }) => {
    const header = { '@type': '/ibc.lightclients.tendermint.v1.Header' }
    const message = {
      '@type': UPDATE,
      client_id: clientId,
      [isOld ? 'header' : 'client_message']: header,
      signer,
    }
    const tx = { '@type': '/cosmos.tx.v1beta1.Tx', body: { messages: [message], memo: '' } }
    return { height: String(height), code, tx, timestamp: timestampJson(chain.blocks.timeNs(height)) }
  })
  return JSON.stringify({
    txs: txs.map(({ tx }) => tx),
    tx_responses: txs,
    pagination: null,
    total: String(all.length),
  })
}
