// The HTTP contracts of the faucets: what each answers to a request, with its own words, statuses and quirks.
import { type FaucetWorld, hexOf, type Paid } from './world.ts'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}

export interface Answered {
  status: number
  type: 'json' | 'text'
  body: string
  /** The payment that was made on the way; its answer may get lost. */
  paid?: Paid
}

export interface Rules {
  /** The secret of the privileged endpoints. */
  secret: string
  /** The bot endpoint is switched off. */
  disabled: boolean
  denom: string
  /** What the ligate contracts call the token, within the names of their fields; lower case. */
  symbol: string
  /** An address that this faucet takes. */
  isAddress: (address: string) => boolean
}

const json = (status: number, value: unknown, paid?: Paid): Answered => ({
  status,
  type: 'json',
  body: JSON.stringify(value),
  paid,
})
const text = (status: number, body: string, paid?: Paid): Answered => ({ status, type: 'text', body, paid })
const ligateError = (status: number, error: string, wait: number | null = null) =>
  json(status, { error, retry_after_secs: wait })

const tokens = (nano: bigint) => Number(nano) / 1e9

/** Answers one request; what it pays is in the world when this returns. */
export function answer(asked: Asked, world: FaucetWorld, rules: Rules): Answered {
  const { method, path } = asked
  if (method === 'GET') return question(asked, world, rules)
  if (method !== 'POST') return text(405, 'Method Not Allowed')
  switch (path) {
    case '/internal/drip':
      return ligateDrip(asked, world, rules, 'bearer')
    case '/v1/drip':
      return ligateDrip(asked, world, rules, null)
    case '/v1/drip-bot':
      return ligateBot(asked, world, rules)
    case '/credit':
      return cosmjsCredit(asked, world, rules)
    case '/':
      return ignite(asked, world, rules)
    case '/custom/pay':
      return custom(asked, world, rules)
    default:
      return text(404, 'Not Found')
  }
}

function question({ path, query }: Asked, world: FaucetWorld, rules: Rules): Answered {
  const hash = /^\/v1\/txs\/(\w+)$/.exec(path)?.[1]
  if (hash) {
    const found = world.find(hash)
    if (!found) return ligateError(404, 'transaction not found')
    return json(200, { hash, outcome: found.reverted ? 'reverted' : 'committed', block_height: 1234 })
  }
  const hex = /^\/cosmos\/tx\/v1beta1\/txs\/(\w+)$/.exec(path)?.[1]
  if (hex) {
    const found = world.find(hex)
    if (!found) return json(404, { code: 5, message: `tx not found: ${hex}`, details: [] })
    return json(200, { tx_response: { height: '1234', txhash: hex, code: found.reverted ? 11 : 0 } })
  }
  if (path === '/v1/drip/status') {
    const address = query.get('address')
    if (address !== null) {
      const wait = world.waitSecs(address)
      const next = wait ? new Date(world.nowMs() + wait * 1000).toISOString() : null
      return json(200, { can_drip: wait === 0, next_drip_at: next })
    }
    return json(200, {
      drip_amount_nano: Number(world.amount),
      [`drip_amount_${rules.symbol}`]: tokens(world.amount),
      rate_limit_secs: world.cooldownSecs,
      addresses_dripped: new Set(world.paid.map((one) => one.address)).size,
      faucet_address: 'lig1faucet',
    })
  }
  if (path === '/status') {
    return json(200, {
      status: 'ok',
      nodeUrl: 'http://127.0.0.1:26657',
      chainId: 'sandbox-1',
      chainTokens: [rules.denom],
      availableTokens: world.balance >= world.amount ? [rules.denom] : [],
      holder: {
        address: 'cosmos1holder',
        balance: [{ denom: rules.denom, amount: world.balance.toString() }],
      },
      distributors: [],
    })
  }
  return text(404, 'Not Found')
}

/** The body as a JSON object; an answer in plain text, as the framework gives it, where it is none. */
function bodyOf({ headers, body }: Asked): Record<string, unknown> | Answered {
  if (!String(headers['content-type'] ?? '').startsWith('application/json')) {
    return text(415, 'Expected request with `Content-Type: application/json`')
  }
  try {
    const value = JSON.parse(body)
    if (value && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    return text(400, 'Failed to parse the request body as JSON')
  }
  return text(422, 'Failed to deserialize the JSON body into the target type')
}

const isAnswer = (value: Record<string, unknown> | Answered): value is Answered =>
  typeof value.status === 'number' && typeof value.type === 'string' && 'body' in value

function ligateDrip(asked: Asked, world: FaucetWorld, rules: Rules, guard: 'bearer' | null): Answered {
  if (guard && asked.headers.authorization !== `Bearer ${rules.secret}`)
    return ligateError(401, 'unauthorized')
  const body = bodyOf(asked)
  if (isAnswer(body)) return body
  const { address } = body
  if (typeof address !== 'string') return text(422, 'Failed to deserialize: missing field `address`')
  if (!rules.isAddress(address)) return ligateError(400, 'invalid address')
  const wait = guard ? 0 : world.waitSecs(address)
  if (wait > 0) return ligateError(429, 'address was dripped recently', wait)
  const paid = world.pay(address, null)
  if (!paid) return ligateError(502, 'submit failed: insufficient funds')
  const { hash, amount } = paid
  const named = { [`drip_amount_${rules.symbol}`]: tokens(amount) }
  return json(200, { address, tx_hash: hash, amount_nano: Number(amount), ...named }, paid)
}

const BOT_COOLDOWN_SECS = 5 * 86_400
const TIERS: Readonly<Record<string, bigint>> = {
  newcomer: 100_000_000_000n,
  regular: 250_000_000_000n,
  veteran: 500_000_000_000n,
  elder: 1_000_000_000_000n,
}

function ligateBot(asked: Asked, world: FaucetWorld, rules: Rules): Answered {
  if (rules.disabled) return ligateError(503, 'bot endpoint disabled')
  if (asked.headers['x-bot-secret'] !== rules.secret) return ligateError(401, 'bad secret')
  const body = bodyOf(asked)
  if (isAnswer(body)) return body
  const { address, discord_user_id: userId, tier, amount_nano: nano } = body
  if (typeof address !== 'string' || typeof userId !== 'string' || typeof tier !== 'string') {
    return text(422, 'Failed to deserialize the JSON body into the target type')
  }
  if (!rules.isAddress(address)) return ligateError(400, 'invalid address')
  if (TIERS[tier] === undefined || BigInt(nano as number) !== TIERS[tier]) {
    return ligateError(400, 'amount does not fit the tier')
  }
  const last = world.paid.findLast((one) => one.userId === userId || one.address === address)
  const wait = last ? Math.ceil((last.atMs + BOT_COOLDOWN_SECS * 1000 - world.nowMs()) / 1000) : 0
  if (wait > 0) return ligateError(429, 'user or address was dripped recently', wait)
  const paid = world.pay(address, userId, TIERS[tier])
  if (!paid) return ligateError(502, 'submit failed: insufficient funds')
  const next = new Date(paid.atMs + BOT_COOLDOWN_SECS * 1000).toISOString()
  return json(
    200,
    {
      address,
      discord_user_id: userId,
      tx_hash: paid.hash,
      amount_nano: Number(paid.amount),
      [`amount_${rules.symbol}`]: tokens(paid.amount),
      tier,
      next_drip_available_at: next,
    },
    paid,
  )
}

function cosmjsCredit(asked: Asked, world: FaucetWorld, rules: Rules): Answered {
  const body = bodyOf(asked)
  if (isAnswer(body))
    return body.status === 415 ? text(415, 'Content-type application/json expected') : text(400, 'bad body')
  const { address, denom } = body
  if (typeof address !== 'string' || !rules.isAddress(address))
    return text(400, 'Address is not in the expected format for this chain.')
  if (denom !== rules.denom) return text(422, `Token is not available. Available tokens are: ${rules.denom}`)
  const wait = world.waitSecs(address)
  if (wait > 0)
    return text(
      405,
      `Too many request for the same address. Blocked to prevent draining. Please wait ${wait} seconds.`,
    )
  const paid = world.pay(address, null)
  return paid ? text(200, 'ok', paid) : text(500, 'Sending tokens failed')
}

function ignite(asked: Asked, world: FaucetWorld, rules: Rules): Answered {
  const body = bodyOf(asked)
  if (isAnswer(body)) return json(400, { error: 'invalid request' })
  const { address, coins } = body
  if (typeof address !== 'string' || !rules.isAddress(address)) return json(400, { error: 'invalid address' })
  const coin = Array.isArray(coins) ? String(coins[0]) : `10${rules.denom}`
  if (world.waitSecs(address) > 0) {
    return json(200, {
      transfers: [{ coin, status: 'error', error: 'account has reached to the max. allowed amount' }],
    })
  }
  const paid = world.pay(address, null)
  if (!paid) return json(500, { error: 'failed to send coins' })
  // Version 28 and later answer with transfers where coins are named, older ones with the hash.
  if (Array.isArray(coins)) return json(200, { transfers: [{ coin, status: 'ok' }] }, paid)
  return json(200, { hash: hexOf(paid.hash) }, paid)
}

function custom(asked: Asked, world: FaucetWorld, rules: Rules): Answered {
  if (asked.headers['x-key'] !== rules.secret) return json(401, { problem: { text: 'who are you?' } })
  const body = bodyOf(asked)
  if (isAnswer(body)) return body
  const to = (body.to as { account?: unknown } | undefined)?.account
  if (typeof to !== 'string' || !rules.isAddress(to))
    return json(400, { problem: { text: 'no such account' } })
  const paid = world.pay(to, null)
  if (!paid) return json(200, { problem: { text: 'nothing left' } })
  return json(200, { result: { tx: { hash: paid.hash } } }, paid)
}
