// The faucet's part of the configuration: what may be written, and the settings with every default filled in.
import { z } from 'zod'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { closed, duration, snowflake } from '../kernel/schema.ts'

const secretName = z
  .string('the name of the environment variable that holds the secret is missing')
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'not the name of an environment variable (the secret itself does not belong here)',
  )

const baseUrl = z.string().superRefine((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null
  const problem =
    !url || !/^https?:$/.test(url.protocol)
      ? 'not a URL (https://…)'
      : url.username || url.password
        ? 'a URL without user and password: a secret belongs in the environment'
        : url.search || url.hash
          ? 'a base URL, without ? or #'
          : null
  if (problem) ctx.addIssue({ code: 'custom', message: problem })
})

/** A link or look-up address with `{hash}` in it. */
const hashTemplate = z
  .string()
  .refine(
    (text) =>
      text.includes('{hash}') && URL.canParse(text.replaceAll('{hash}', 'x')) && /^https?:/.test(text),
    'not a URL with {hash} in it',
  )

/** An answer can be given for 15 minutes; after the wait the faucet itself needs its time. */
const LONGEST_WAIT_MS = 10 * MINUTE_MS

const path = z.string().regex(/^\/[^\s#]*$/, 'not a path: it begins with /')
const off = z.literal(false)
const limit = z.union([duration, off], 'not a duration such as "7d", nor false').optional()

/** What every sender takes. `headers` and `body` may hold {address}, {user} and {token}. */
const request = {
  url: baseUrl,
  path: path.optional(),
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'not a header name'), z.string()).optional(),
  body: z.json().optional(),
  timeout: duration.optional(),
}

/** Where a sent transaction can be looked up, for servers that do not answer this themselves. */
const lookup = closed({ kind: z.enum(['ligate', 'cosmos']), url: hashTemplate }).optional()

const tier = closed({
  name: z.string().regex(/^[\w-]{1,32}$/, 'not a tier name'),
  from: z.union([duration, z.literal(0)]),
  amountNano: z.string().regex(/^[1-9]\d{0,38}$/, 'an amount in base units, as a string of digits'),
})

const sender = z.discriminatedUnion('kind', [
  closed({ kind: z.literal('internal-drip'), ...request, token: secretName, lookup }),
  closed({
    kind: z.literal('ligate-drip-bot'),
    ...request,
    token: secretName,
    tiers: z.array(tier).min(1).optional(),
    lookup,
  }),
  closed({ kind: z.literal('ligate-v1'), ...request, token: secretName.optional(), lookup }),
  closed({ kind: z.literal('cosmjs'), ...request, token: secretName.optional(), denom: z.string().min(1) }),
  closed({
    kind: z.literal('ignite'),
    ...request,
    token: secretName.optional(),
    coins: z.array(z.string().regex(/^\d+[a-zA-Z][\w/:.-]*$/, 'not a coin such as 10uatom')).optional(),
    lookup,
  }),
  closed({
    kind: z.literal('http'),
    ...request,
    token: secretName.optional(),
    method: z.enum(['POST', 'PUT', 'GET']).optional(),
    hash: z.string().min(1).optional(),
    error: z.string().min(1).optional(),
    lookup,
  }),
])

const faucet = closed({
  chain: z.string().regex(/^[\w.-]{1,64}$/, 'not a chain id'),
  channels: z.array(snowflake).min(1, 'name at least one channel, by its id'),
  moderatorRoles: z.array(snowflake).optional(),
  auditChannel: snowflake.optional(),
  address: closed({
    prefix: z.string().regex(/^[a-z0-9]{1,83}$/, 'an address prefix in lower case, such as lig'),
    encoding: z.enum(['bech32', 'bech32m']).optional(),
    bytes: z.union([z.int().min(1).max(64), z.array(z.int().min(1).max(64)).min(1)]).optional(),
  }),
  sender,
  amount: z.string().min(1).max(60).optional(),
  explorer: hashTemplate.optional(),
  accountAge: limit,
  memberAge: limit,
  every: duration.optional(),
  perAddress: limit,
  dailyTotal: z.int().min(1).optional(),
  keptForFirstTimers: z.number().min(0).lt(1, 'a share below 1: 0.3 for 30 %').optional(),
  requiredRoles: z.array(snowflake).optional(),
  allowPending: z.boolean().optional(),
  dm: z.enum(['refusals', 'fallback', 'never']).optional(),
  dmLimits: closed({ perReason: duration.optional(), perHour: z.int().min(0).optional() }).optional(),
  queue: closed({
    inFlight: z.int().min(1).max(64).optional(),
    waiting: z.int().min(0).max(10_000).optional(),
    maxWait: duration
      .refine((ms) => ms <= LONGEST_WAIT_MS, 'more than 10 minutes: Discord takes an answer for 15 only')
      .optional(),
  }).optional(),
  alertAfterFailures: z.int().min(1).optional(),
  mention: z.array(z.string().regex(/^<@&?\d{15,21}>$/, 'not a mention')).optional(),
})

/**
 * `faucet` of the configuration: one, or a list with one for each chain. Comes out as settings with every default;
 * all times in milliseconds.
 */
export const faucetSchema = z.unknown().transform((value, ctx): FaucetSettings[] => {
  const isList = Array.isArray(value)
  const list = isList ? value : [value]
  const settings: FaucetSettings[] = []
  for (const [index, one] of list.entries()) {
    const parsed = faucet.safeParse(one)
    const at = isList ? [index] : []
    if (parsed.success) {
      if (settings.some(({ chain }) => chain === parsed.data.chain)) {
        ctx.addIssue({
          code: 'custom',
          path: [...at, 'chain'],
          message: `"${parsed.data.chain}" is there twice`,
        })
      }
      settings.push(withDefaults(parsed.data))
      continue
    }
    for (const issue of parsed.error.issues) {
      ctx.addIssue({ ...issue, code: 'custom', path: [...at, ...issue.path] } as never)
    }
  }
  return settings
})

type Written = z.output<typeof faucet>
/** What a person writes for one faucet. */
export type FaucetInput = z.input<typeof faucet>
export type SenderKind = Written['sender']['kind']

export interface TierSettings {
  name: string
  fromMs: number
  amountNano: bigint
}

/** How the HTTP faucet is spoken to. `null`: as the kind has it. Secrets are names, never values. */
export interface SenderSettings {
  kind: SenderKind
  url: string
  path: string | null
  method: 'POST' | 'PUT' | 'GET'
  headers: Readonly<Record<string, string>>
  body: unknown
  /** Name of the secret in the environment. */
  token: string | null
  timeoutMs: number
  denom: string | null
  coins: readonly string[] | null
  tiers: readonly TierSettings[]
  /** Dotted paths in the JSON answer, for `http`. */
  hash: string | null
  error: string | null
  lookup: { kind: 'ligate' | 'cosmos'; url: string } | null
}

/** One faucet, with everything filled in. `null` limits are switched off. Times in milliseconds. */
export interface FaucetSettings {
  chain: string
  channels: readonly string[]
  /** Empty: the bot's admins moderate. */
  moderatorRoles: readonly string[]
  auditChannel: string | null
  address: { prefix: string; encoding: 'bech32' | 'bech32m'; bytes: readonly number[] }
  sender: SenderSettings
  /** What one drip pays, in words, where the server does not say. */
  amount: string | null
  explorer: string | null
  accountAgeMs: number | null
  memberAgeMs: number | null
  everyMs: number
  perAddressMs: number | null
  /** Drips of the whole faucet in any 24 hours. */
  dailyTotal: number | null
  /** Share of `dailyTotal` that only people who never had any may use. */
  keptForFirstTimers: number
  /** All of them are needed. */
  requiredRoles: readonly string[]
  /** Serve members who have not passed membership screening. */
  allowPending: boolean
  dm: 'refusals' | 'fallback' | 'never'
  dmLimits: { perReasonMs: number; perHour: number }
  queue: { inFlight: number; waiting: number; maxWaitMs: number }
  alertAfterFailures: number
  mention: readonly string[]
}

/** Time-outs: the ligate servers wait 30 s for the transaction, cosmjs and ignite until it is included (65 s). */
const TIMEOUT_MS: Readonly<Record<SenderKind, number>> = {
  'internal-drip': 45_000,
  'ligate-drip-bot': 45_000,
  'ligate-v1': 45_000,
  cosmjs: 90_000,
  ignite: 90_000,
  http: 90_000,
}

/** The tiers of the ligate bot endpoint by time in the server, in nano units. */
const TIERS: readonly TierSettings[] = [
  { name: 'newcomer', fromMs: 0, amountNano: 100_000_000_000n },
  { name: 'regular', fromMs: 7 * DAY_MS, amountNano: 250_000_000_000n },
  { name: 'veteran', fromMs: 30 * DAY_MS, amountNano: 500_000_000_000n },
  { name: 'elder', fromMs: 90 * DAY_MS, amountNano: 1_000_000_000_000n },
]

function withDefaults(written: Written): FaucetSettings {
  const either = (value: number | false | undefined, fallback: number | null) =>
    value === undefined ? fallback : value === false ? null : value
  const bytes = written.address.bytes ?? [20, 32]
  return {
    chain: written.chain,
    channels: written.channels,
    moderatorRoles: written.moderatorRoles ?? [],
    auditChannel: written.auditChannel ?? null,
    address: {
      prefix: written.address.prefix,
      encoding: written.address.encoding ?? 'bech32',
      bytes: Array.isArray(bytes) ? bytes : [bytes],
    },
    sender: senderSettings(written.sender),
    amount: written.amount ?? null,
    explorer: written.explorer ?? null,
    accountAgeMs: either(written.accountAge, 7 * DAY_MS),
    memberAgeMs: either(written.memberAge, DAY_MS),
    everyMs: written.every ?? DAY_MS,
    perAddressMs: either(written.perAddress, null),
    dailyTotal: written.dailyTotal ?? null,
    keptForFirstTimers: written.keptForFirstTimers ?? 0,
    requiredRoles: written.requiredRoles ?? [],
    allowPending: written.allowPending ?? false,
    dm: written.dm ?? 'refusals',
    dmLimits: {
      perReasonMs: written.dmLimits?.perReason ?? 10 * MINUTE_MS,
      perHour: written.dmLimits?.perHour ?? 10,
    },
    queue: {
      inFlight: written.queue?.inFlight ?? 3,
      waiting: written.queue?.waiting ?? 500,
      maxWaitMs: written.queue?.maxWait ?? 5 * MINUTE_MS,
    },
    alertAfterFailures: written.alertAfterFailures ?? 3,
    mention: written.mention ?? [],
  }
}

function senderSettings(written: Written['sender']): SenderSettings {
  const { kind } = written
  return {
    kind,
    url: written.url.replace(/\/+$/, ''),
    path: written.path ?? null,
    method: kind === 'http' ? (written.method ?? 'POST') : 'POST',
    headers: written.headers ?? {},
    body: written.body,
    token: written.token ?? null,
    timeoutMs: written.timeout ?? TIMEOUT_MS[kind],
    denom: kind === 'cosmjs' ? written.denom : null,
    coins: kind === 'ignite' ? (written.coins ?? null) : null,
    tiers:
      kind === 'ligate-drip-bot' && written.tiers
        ? written.tiers
            .map(({ name, from, amountNano }) => ({ name, fromMs: from, amountNano: BigInt(amountNano) }))
            .sort((a, b) => a.fromMs - b.fromMs)
        : TIERS,
    hash: kind === 'http' ? (written.hash ?? null) : null,
    error: kind === 'http' ? (written.error ?? null) : null,
    lookup: 'lookup' in written ? (written.lookup ?? null) : null,
  }
}

/** The names of the secrets that these faucets use. */
export function faucetSecretNames(settings: readonly FaucetSettings[]): string[] {
  return [...new Set(settings.flatMap(({ sender: { token } }) => (token === null ? [] : [token])))]
}
