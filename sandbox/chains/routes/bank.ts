// `/cosmos/bank/v1beta1`: balances and denom metadata.
import { bech32 } from '@scure/base'
import { GrpcError, notImplemented } from '../answer.ts'
import { paginate } from '../paginate.ts'
import { type Context, pageJson, pageRequest, type Route } from './context.ts'

const BECH32_ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** Routes below `/cosmos/bank/v1beta1`; `segments` begin after it. */
export const bankRoutes: Route = (segments, context) => {
  const [route, second, third] = segments
  const { profile, query } = context
  switch (route) {
    case 'params':
      return '{"params":{"send_enabled":[],"default_send_enabled":true}}'
    case 'spendable_balances':
    case 'balances': {
      const amounts = route === 'balances' ? held : spendable
      if (segments.length === 2) return balances(context, amounts(context, second!))
      if (segments.length !== 3 || third !== 'by_denom') break
      if (route === 'spendable_balances' && !profile.spendableByDenom) break
      return byDenom(context, amounts(context, second!))
    }
    case 'supply':
      if (second !== 'by_denom') break
      return supply(context)
    case 'denoms_metadata': {
      if (segments.length === 1) return metadataList(context)
      const denom = segments.slice(1).join('/')
      if (denom.includes('/') && !profile.metadataSlash) break
      return metadata(context, denom)
    }
    case 'denoms_metadata_by_query_string':
      if (!profile.metadataByQueryString) break
      return metadata(context, query.get('denom') ?? '')
  }
  throw notImplemented()
}

function held({ chain, profile, storeEmpty }: Context, address: string): ReadonlyMap<string, bigint> {
  if (storeEmpty) throw new GrpcError(13, 'runtime error: invalid memory address or nil pointer dereference')
  const bad = (why: string) => new GrpcError(3, `invalid address: ${why}`)
  const separator = address.lastIndexOf('1')
  if (separator < 1 || separator + 7 > address.length) {
    throw bad(`decoding bech32 failed: invalid separator index ${separator}`)
  }
  const decoded = bech32.decodeUnsafe(address)
  if (!decoded) throw bad(`decoding bech32 failed: invalid checksum (${checksums(address, separator)})`)
  if (decoded.prefix !== chain.bech32Prefix) {
    const old = profile.version === 'v6' || profile.version === 'v7'
    throw bad(
      old
        ? `invalid Bech32 prefix; expected ${chain.bech32Prefix}, got ${decoded.prefix}`
        : `hrp does not match bech32 prefix: expected '${chain.bech32Prefix}' got '${decoded.prefix}': internal logic error`,
    )
  }
  return chain.balances.get(address) ?? new Map()
}

/** Every denom that is held, those of which nothing can be spent with 0. */
function spendable(context: Context, address: string): ReadonlyMap<string, bigint> {
  const locked = context.chain.locked.get(address)
  return new Map(
    [...held(context, address)].map(([denom, amount]) => {
      const free = amount - (locked?.get(denom) ?? 0n)
      return [denom, free > 0n ? free : 0n]
    }),
  )
}

function checksums(address: string, separator: number): string {
  const words = [...address.slice(separator + 1, -6)].map((char) => BECH32_ALPHABET.indexOf(char))
  const right = words.includes(-1)
    ? 'none'
    : bech32.encode(address.slice(0, separator), words, false).slice(-6)
  return `expected ${right} got ${address.slice(-6)}`
}

function balances(context: Context, amounts: ReadonlyMap<string, bigint>): string {
  const page = pageRequest(
    context.query,
    () => new GrpcError(3, 'paginate: invalid request, either offset or key is expected, got both'),
  )
  const items: string[] = []
  const response = paginate(
    [...amounts.keys()].sort(),
    page,
    (_index, denom) => {
      items.push(coin(denom, amounts.get(denom)!))
    },
    context.maxPageItems,
  )
  return `{"balances":[${items.join(',')}],"pagination":${pageJson(response)}}`
}

function byDenom(context: Context, amounts: ReadonlyMap<string, bigint>): string {
  const denom = context.query.get('denom') ?? ''
  checkDenom(context, denom)
  return `{"balance":${coin(denom, amounts.get(denom) ?? 0n)}}`
}

/** What all hold together; of what is minted and bonded there is always some. */
function supply(context: Context): string {
  const { chain, query } = context
  const denom = query.get('denom') ?? ''
  checkDenom(context, denom)
  const held = [...chain.balances.values()].reduce((sum, of) => sum + (of.get(denom) ?? 0n), 0n)
  const base = [chain.bondDenom, chain.mintDenom].includes(denom) ? 1n : 0n
  return `{"amount":${coin(denom, held + base)}}`
}

function checkDenom({ profile }: Context, denom: string): void {
  if (/^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/.test(denom)) return
  if (profile.version !== 'v6') throw new GrpcError(3, `invalid denom: ${denom}`)
  throw denom === '' ? new GrpcError(3, 'invalid denom') : new GrpcError(13, `invalid denom: ${denom}`)
}

function coin(denom: string, amount: bigint): string {
  return `{"denom":${JSON.stringify(denom)},"amount":"${amount}"}`
}

function metadata(context: Context, denom: string): string {
  const { chain, profile } = context
  if (profile.version !== 'v6') checkDenom(context, denom)
  const found = chain.denomsMetadata.get(denom)
  if (!found) throw new GrpcError(5, `client metadata for denom ${denom}`)
  return `{"metadata":${JSON.stringify(found)}}`
}

function metadataList(context: Context): string {
  const all = context.chain.denomsMetadata
  const items: string[] = []
  const page = pageRequest(
    context.query,
    () => new GrpcError(3, 'paginate: invalid request, either offset or key is expected, got both'),
  )
  const response = paginate(
    [...all.keys()].sort(),
    page,
    (_index, denom) => {
      items.push(JSON.stringify(all.get(denom)))
    },
    context.maxPageItems,
  )
  return `{"metadatas":[${items.join(',')}],"pagination":${pageJson(response)}}`
}
