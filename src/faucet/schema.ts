// The faucet's part of the configuration: what may be written, and the settings with every default filled in.
import { z } from 'zod'
import { DAY_MS, MINUTE_MS } from '../kernel/duration.ts'
import { closed, duration, envName, orNull, snowflake } from '../kernel/schema.ts'
import { pathProblem } from './senders/paths.ts'

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

/** A duration, or `false`, which switches the limit off (null). `fallbackMs` where nothing is written. */
const limit = (fallbackMs: number | null) =>
  z
    .union([duration, z.literal(false)], 'not a duration such as "7d", nor false')
    .optional()
    .transform((ms) => (ms === undefined ? fallbackMs : ms === false ? null : ms))

/**
 * What every sender takes; `path`, `headers` and `body` take the place of the kind's own. `headers` and `body` may hold
 * {address}, {user} and {token}.
 */
const request = (timeoutMs: number) => ({
  url: baseUrl.transform((url) => url.replace(/\/+$/, '')),
  path: orNull(path),
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'not a header name'), z.string()).default({}),
  body: z.json().optional(),
  timeout: duration.default(timeoutMs),
})
/** The ligate servers wait 30 s for the transaction, cosmjs and ignite until it is included (65 s). */
const LIGATE_TIMEOUT_MS = 45_000
const INCLUDED_TIMEOUT_MS = 90_000

/** Where something stands in the JSON answer of any other faucet. */
const answerPath = z.string().superRefine((text, ctx) => {
  const message = pathProblem(text)
  if (message) ctx.addIssue({ code: 'custom', message })
})

/** Where a sent transaction can be looked up, for servers that do not answer this themselves. */
const lookup = orNull(closed({ kind: z.enum(['ligate', 'cosmos']), url: hashTemplate }))

const ofLigate = { ...request(LIGATE_TIMEOUT_MS), token: envName, lookup }
const ofOthers = { ...request(INCLUDED_TIMEOUT_MS), token: orNull(envName) }

const tier = closed({
  name: z.string().regex(/^[\w-]{1,32}$/, 'not a tier name'),
  from: z.union([duration, z.literal(0)]),
  amountNano: z
    .string()
    .regex(/^[1-9]\d{0,38}$/, 'an amount in base units, as a string of digits')
    .transform(BigInt),
}).transform(({ from, ...tier }) => ({ ...tier, fromMs: from }))

export type TierSettings = z.output<typeof tier>

/** The tiers of the ligate bot endpoint by time in the server, in nano units. */
const TIERS: TierSettings[] = [
  { name: 'newcomer', fromMs: 0, amountNano: 100_000_000_000n },
  { name: 'regular', fromMs: 7 * DAY_MS, amountNano: 250_000_000_000n },
  { name: 'veteran', fromMs: 30 * DAY_MS, amountNano: 500_000_000_000n },
  { name: 'elder', fromMs: 90 * DAY_MS, amountNano: 1_000_000_000_000n },
]

/** What a kind does not have. */
const WITHOUT = {
  method: 'POST',
  denom: null,
  coins: null,
  tiers: TIERS,
  hash: null,
  error: null,
  lookup: null,
} as const

/** How the HTTP faucet is spoken to. Secrets (`token`) are names in the environment, never values. */
const sender = z
  .discriminatedUnion('kind', [
    closed({ kind: z.literal('internal-drip'), ...ofLigate }),
    closed({
      kind: z.literal('ligate-drip-bot'),
      ...ofLigate,
      tiers: z
        .array(tier)
        .min(1)
        .transform((tiers) => tiers.toSorted((a, b) => a.fromMs - b.fromMs))
        .default(TIERS),
    }),
    closed({ kind: z.literal('ligate-v1'), ...ofLigate, token: orNull(envName) }),
    closed({ kind: z.literal('cosmjs'), ...ofOthers, denom: z.string().min(1) }),
    closed({
      kind: z.literal('ignite'),
      ...ofOthers,
      coins: orNull(z.array(z.string().regex(/^\d+[a-zA-Z][\w/:.-]*$/, 'not a coin such as 10uatom'))),
      lookup,
    }),
    closed({
      kind: z.literal('http'),
      ...ofOthers,
      method: z.enum(['POST', 'PUT', 'GET']).default('POST'),
      /** Dotted paths in the JSON answer. */
      hash: orNull(answerPath),
      error: orNull(answerPath),
      lookup,
    }).refine(({ hash, error }) => hash === null || hash !== error, {
      path: ['hash'],
      message: 'the same place as `error`: what is there would always be an error',
    }),
  ])
  .transform(({ timeout, ...written }) => ({ ...WITHOUT, ...written, timeoutMs: timeout }))

const faucet = closed({
  chain: z.string().regex(/^[\w.-]{1,64}$/, 'not a chain id'),
  channels: z.array(snowflake).min(1, 'name at least one channel, by its id'),
  /** Empty: the bot's admins moderate. */
  moderatorRoles: z.array(snowflake).default([]),
  auditChannel: orNull(snowflake),
  address: closed({
    prefix: z.string().regex(/^[a-z0-9]{1,83}$/, 'an address prefix in lower case, such as lig'),
    encoding: z.enum(['bech32', 'bech32m']).default('bech32'),
    bytes: z
      .union([z.int().min(1).max(64), z.array(z.int().min(1).max(64)).min(1)])
      .transform((bytes): readonly number[] => [bytes].flat())
      .default([20, 32]),
  }),
  sender,
  /** What one drip pays, in words, where the server does not say. */
  amount: orNull(z.string().min(1).max(60)),
  explorer: orNull(hashTemplate),
  accountAge: limit(7 * DAY_MS),
  memberAge: limit(DAY_MS),
  every: duration.default(DAY_MS),
  perAddress: limit(null),
  /** Drips of the whole faucet in any 24 hours. */
  dailyTotal: orNull(z.int().min(1)),
  /** Share of `dailyTotal` that only people who never had any may use. */
  keptForFirstTimers: z.number().min(0).lt(1, 'a share below 1: 0.3 for 30 %').default(0),
  /** All of them are needed. */
  requiredRoles: z.array(snowflake).default([]),
  /** Serve members who have not passed membership screening. */
  allowPending: z.boolean().default(false),
  dm: z.enum(['refusals', 'fallback', 'never']).default('refusals'),
  dmLimits: closed({
    perReason: duration.default(10 * MINUTE_MS),
    perHour: z.int().min(0).default(10),
  })
    .transform(({ perReason, perHour }) => ({ perReasonMs: perReason, perHour }))
    .prefault({}),
  queue: closed({
    inFlight: z.int().min(1).max(64).default(3),
    waiting: z.int().min(0).max(10_000).default(500),
    maxWait: duration
      .refine((ms) => ms <= LONGEST_WAIT_MS, 'more than 10 minutes: Discord takes an answer for 15 only')
      .default(5 * MINUTE_MS),
  })
    .transform(({ maxWait, ...sizes }) => ({ ...sizes, maxWaitMs: maxWait }))
    .prefault({}),
  alertAfterFailures: z.int().min(1).default(3),
  mention: z.array(z.string().regex(/^<@&?\d{15,21}>$/, 'not a mention')).default([]),
}).transform(({ accountAge, memberAge, every, perAddress, ...written }) => ({
  ...written,
  accountAgeMs: accountAge,
  memberAgeMs: memberAge,
  everyMs: every,
  perAddressMs: perAddress,
}))

/** What a person writes for one faucet. */
export type FaucetInput = z.input<typeof faucet>
/** One faucet, with every default filled in. `null` limits are switched off. Times in milliseconds. */
export type FaucetSettings = z.output<typeof faucet>
export type SenderSettings = FaucetSettings['sender']
export type SenderKind = SenderSettings['kind']

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
      settings.push(parsed.data)
      continue
    }
    for (const issue of parsed.error.issues) {
      ctx.addIssue({ ...issue, code: 'custom', path: [...at, ...issue.path] } as never)
    }
  }
  return settings
})

/** The names of the secrets that these faucets use. */
export function faucetSecretNames(settings: readonly FaucetSettings[]): string[] {
  return [...new Set(settings.flatMap(({ sender: { token } }) => (token === null ? [] : [token])))]
}
