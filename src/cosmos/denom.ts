// Questions about tokens: which one a chain mints and bonds, how a denom is shown, and where an IBC denom comes from.
import { z } from 'zod'
import { MOST_DECIMALS, type Token } from '../kernel/amount.ts'
import { UpstreamError, when } from '../kernel/errors.ts'
import { walkPages } from './pages.ts'
import { type Answer, AnswerError, type ChainPool, isUnsupported } from './types.ts'

/** What a denom is made of (cosmos-sdk `ValidateDenom`; some chains take two characters, such as `au`). */
export const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{1,127}$/

/** The hash of an `ibc/…` denom is in upper case. */
export function normalDenom(typed: string): string {
  const text = typed.trim()
  return /^ibc\/[0-9a-f]{64}$/i.test(text) ? `ibc/${text.slice(4).toUpperCase()}` : text
}

/** 1 of it is 10^`exponent` of the base denom. */
interface DenomUnit {
  denom: string
  exponent: number
  aliases?: readonly string[] | null
}

/**
 * How a denom is shown by its metadata (pure; the chain registry has the same fields): by the display unit, by its
 * name, else by an alias. Where that is none, or the base unit beside larger ones: by the unit that is named like the
 * symbol, else by the only exponent that is not 0. Null where none of these says it.
 */
export function shownBy({
  base,
  display,
  symbol,
  units,
}: {
  base: string
  display: string
  symbol: string
  units: readonly DenomUnit[]
}): Token | null {
  const isLike = ({ denom, aliases }: DenomUnit, word: string) =>
    [denom, ...(aliases ?? [])].some((name) => name.toLowerCase() === word.toLowerCase())
  const larger = units.filter(({ denom, exponent }) => exponent !== 0 && denom !== base)
  const byDisplay =
    only(units.filter(({ denom }) => denom === display)) ??
    only(units.filter(({ aliases }) => aliases?.includes(display)))
  const isSaid = byDisplay && (larger.length === 0 ? byDisplay.exponent === 0 : larger.includes(byDisplay))
  const unit = isSaid ? byDisplay : (only(larger.filter((one) => isLike(one, symbol))) ?? only(larger))
  const { exponent = -1 } = unit ?? {}
  if (!unit || !Number.isInteger(exponent) || exponent < 0 || exponent > MOST_DECIMALS) return null
  // What names another unit would be a wrong word for the amount.
  const isOther = (word: string) =>
    [{ denom: base, exponent: 0 }, ...units].some((one) => one.exponent !== exponent && isLike(one, word))
  const name = [symbol, display].find((word) => word !== '' && !isOther(word)) ?? unit.denom
  const isGuess = exponent > 0 && (!isSaid || unit.denom !== display)
  return { denom: base, symbol: name, decimals: exponent, ...(isGuess && { isGuess }) }
}

/** The unit, where all of them have one exponent. */
const only = (units: readonly DenomUnit[]): DenomUnit | undefined =>
  units.every(({ exponent }) => exponent === units[0]?.exponent) ? units[0] : undefined

const metadata = z.object({
  base: z.string(),
  display: z.string().nullish(),
  symbol: z.string().nullish(),
  denom_units: z
    .array(
      z.object({
        denom: z.string(),
        exponent: z.coerce.number().default(0),
        aliases: z.array(z.string()).nullish().catch(null),
      }),
    )
    .nullish(),
})
type Metadata = z.infer<typeof metadata>
/** Some nodes write `null` where there is none. */
const oneMetadata = z.object({ metadata: metadata.nullable() })
const METADATA = '/cosmos/bank/v1beta1/denoms_metadata'

/**
 * The chain's metadata of a denom; null where it has none, or none that says how it is shown. A denom with a slash
 * is asked for by a query string (SDK 0.50), because the plain route does not know it before SDK 0.53; where there is
 * neither, the list has it.
 * @throws {UpstreamError}
 */
export async function readDenomMetadata(pool: ChainPool, denom: string): Promise<Token | null> {
  const quoted = encodeURIComponent(denom)
  const paths = [`${METADATA}/${quoted}`]
  if (denom.includes('/')) paths.push(`${METADATA}_by_query_string?denom=${quoted}`)
  let found: Metadata | undefined
  let isUnknown = false
  for (const path of paths) {
    const answer = await pool.get(path, oneMetadata).catch((error) => {
      if (error instanceof AnswerError) isUnknown = true
      else if (!isUnsupported(error)) throw error
    })
    const said = answer?.value.metadata
    if (said === null) isUnknown = true
    // A cache that knows the path alone answers about another denom.
    if (said?.base !== denom) continue
    found = said
    break
  }
  const isListed = !found && !isUnknown
  if (isListed) found = await metadataInList(pool, denom)
  if (!found) return null
  const { display, symbol, denom_units: units } = found
  const shown = shownBy({ base: denom, display: display ?? '', symbol: symbol ?? '', units: units ?? [] })
  return shown && isListed && shown.decimals > 0 ? { ...shown, isGuess: true } : shown
}

/** As far as the list can be read: it is only asked where nothing else is, and a token is counted all the same. */
async function metadataInList(pool: ChainPool, denom: string): Promise<Metadata | undefined> {
  let found: Metadata | undefined
  const seen = new Set<string>()
  await walkPages(pool, METADATA, 'metadatas', {}, ({ items }) => {
    const before = seen.size
    for (const item of items) {
      const { data } = metadata.safeParse(item)
      seen.add(data?.base ?? JSON.stringify(item))
      if (data?.base === denom) found = data
    }
    return seen.size > before
  }).catch((error) => {
    if (!(error instanceof UpstreamError)) throw error
  })
  return found
}

const stakingParams = z.object({ params: z.object({ bond_denom: z.string().nullish() }) })
/** Some chains have a mint module of their own shape under this route. */
const mintParams = z.object({ params: z.object({ mint_denom: z.string().nullish() }).nullish() })

/**
 * The denom that the chain mints, else the one that it bonds; null where it says neither (no such modules).
 * @throws {UpstreamError}
 */
export async function readNativeDenom(pool: ChainPool): Promise<string | null> {
  const minted = await orNull(pool.get('/cosmos/mint/v1beta1/params', mintParams))
  const mintDenom = minted?.value.params?.mint_denom
  if (mintDenom) return mintDenom
  const bonded = await orNull(pool.get('/cosmos/staking/v1beta1/params', stakingParams))
  return bonded?.value.params.bond_denom || null
}

const trace = z.object({ denom_trace: z.object({ base_denom: z.string() }) })
const denomTrace = z.object({ denom: z.object({ base: z.string() }) })

/**
 * The denom on its home chain that an `ibc/…` denom stands for; null where the chain does not know it.
 * @throws {UpstreamError}
 */
export async function readBaseDenom(pool: ChainPool, ibcDenom: string): Promise<string | null> {
  const hash = encodeURIComponent(ibcDenom.slice('ibc/'.length))
  // Up to ibc-go v8 it is the first route, from v10 the second.
  const old = await orNull(pool.get(`/ibc/apps/transfer/v1/denom_traces/${hash}`, trace))
  if (old) return old.value.denom_trace.base_denom
  const now = await orNull(pool.get(`/ibc/apps/transfer/v1/denoms/${hash}`, denomTrace))
  return now?.value.denom.base ?? null
}

/** Null for "there is none", and for "there is no such route". */
const orNull = <T>(asked: Promise<Answer<T>>): Promise<Answer<T> | null> =>
  asked.catch(when((error) => error instanceof AnswerError || isUnsupported(error), null))
