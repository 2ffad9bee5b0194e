// Looking up a transaction: at a ligate server, or where the configuration says at a Cosmos chain's REST API.
import { createHash } from 'node:crypto'
import { encodeAddress } from '../../kernel/address.ts'
import type { SenderSettings } from '../schema.ts'
import { UNTOLD } from '../types.ts'
import { type Answered, ask, EMPTY, type LookupResult, type Sender, type SenderDeps } from './sender.ts'

type Lookup = NonNullable<Sender['lookup']>

/** The configured look-up, or undefined where there is none. */
export function lookupOf(deps: SenderDeps): Lookup | undefined {
  const { lookup } = deps.settings
  if (!lookup) return undefined
  return lookup.kind === 'ligate' ? ligateLookup(deps, lookup.url) : lookupAt(deps, lookup.url, cosmosResult)
}

/** `GET /v1/txs/{hash}` of a ligate server. */
export const ligateLookup = (deps: SenderDeps, template: string): Lookup =>
  lookupAt(deps, template, ligateResult)

/** A hash that no transaction has, in the form of the place where these are looked up. */
export function inventedHash({ lookup }: SenderSettings): string {
  const bytes = createHash('sha256').update('no transaction').digest()
  if (lookup?.kind === 'cosmos') return bytes.toString('hex').toUpperCase()
  return encodeAddress('ltx', bytes, { encoding: 'bech32m' })
}

/** Asks for each of the hashes. A part that was paid is paid; nothing was only where every one of them failed. */
function lookupAt(
  deps: SenderDeps,
  template: string,
  read: (json: Record<string, unknown>, hash: string) => LookupResult | null,
): Lookup {
  return async (txHash, signal) => {
    const found: LookupResult[] = []
    for (const each of txHash.split(' ')) {
      if (each === UNTOLD) {
        found.push({ status: 'unreadable', detail: 'the faucet told no hash of another part of the payment' })
        continue
      }
      // An EVM's mark before the digits; no REST API takes it.
      const hash = each.replace(/^0x(?=[\da-f]{64}$)/i, '')
      const answer = await ask(deps, template.replaceAll('{hash}', encodeURIComponent(hash)), signal)
      const { status, json } = answer
      const isObject = typeof json === 'object' && json !== null
      found.push(
        (status === 200 && isObject && read(json as Record<string, unknown>, hash)) || notFound(answer),
      )
    }
    const said = (status: LookupResult['status']) => found.find((one) => one.status === status)
    return said('sent') ?? said('unreadable') ?? said('pending') ?? found[0]!
  }
}

/** Included is not success: `outcome` is read. */
function ligateResult({ outcome }: Record<string, unknown>): LookupResult | null {
  if (outcome === 'committed') return { status: 'sent', detail: 'committed' }
  if (outcome === 'reverted') return { status: 'failed', detail: 'included, but reverted' }
  return typeof outcome === 'string' ? { status: 'pending', detail: 'not in a block yet' } : null
}

/** `GET /cosmos/tx/v1beta1/txs/{hash}`: a transaction that is included has a code, and only 0 is success. */
function cosmosResult(json: Record<string, unknown>, hash: string): LookupResult | null {
  const { code, height, txhash } = (json.tx_response ?? {}) as Record<string, unknown>
  // A cache may tell of another transaction; what became of that one says nothing of ours.
  const isOther = typeof txhash === 'string' && txhash.toLowerCase() !== hash.toLowerCase()
  if (typeof code !== 'number' || isOther) return null
  if (!/^[1-9]\d*$/.test(String(height))) return { status: 'pending', detail: 'not in a block yet' }
  if (code === 0) return { status: 'sent', detail: 'included with code 0' }
  return { status: 'failed', detail: `included, but failed with code ${code}` }
}

/** "There is no such transaction", in the words of every version of the SDK. */
const NO_SUCH_TX = /\b(tx|transaction)\b.*not found|not found.*\b(tx|transaction)\b|code = NotFound/i
/** What is missing is the index or the path, not the transaction. */
const NOWHERE = /disabled|index|cannot get|\broute|\bpath\b|not implemented/i
/** HTTP's own words for the code: what grpc-gateway and web frameworks answer where no route fits. Nodes write it small. */
const NO_ROUTE = /\bNot Found\b/

/**
 * Whether that was the node's own "no such transaction": 404 as JSON or without a word, or these words with the 400 or
 * 500 of older ones. All else says nothing of the transaction: an index that is switched off, a page, a wrong path (501).
 */
function notFound({ status, json, text }: Answered): LookupResult {
  const { code } = (json ?? {}) as { code?: unknown }
  const isOwn = status === 404 && (text === EMPTY || (typeof json === 'object' && code !== 12))
  const isOlder = (status === 400 || status === 500) && (code === 5 || NO_SUCH_TX.test(text))
  if ((isOwn || isOlder) && !NOWHERE.test(text) && !NO_ROUTE.test(text))
    return { status: 'pending', detail: 'not in a block yet' }
  return { status: 'unreadable', detail: status === null ? text : `${status}: ${text}` }
}
