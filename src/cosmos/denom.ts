// Questions about tokens: which one a chain mints and bonds, how a denom is shown, and where an IBC denom comes from.
import { z } from 'zod'
import { MOST_DECIMALS } from '../kernel/amount.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { type Answer, AnswerError, type ChainPool, type ReadOptions } from './types.ts'

/** What a denom is made of (cosmos-sdk `ValidateDenom`). */
export const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/

/** How a chain says that a denom is shown. */
export interface DenomMetadata {
  denom: string
  symbol: string
  /** 1 of the symbol is 10^decimals of the denom. */
  decimals: number
}

const metadata = z.object({
  metadata: z.object({
    base: z.string(),
    display: z.string().default(''),
    symbol: z.string().default(''),
    denom_units: z.array(z.object({ denom: z.string(), exponent: z.number() })).nullish(),
  }),
})

/**
 * The chain's metadata of a denom; null where it has none, or none that says how it is shown. A denom with a slash
 * is asked for by a query string (SDK 0.50), because the plain route does not know it before SDK 0.53.
 * @throws {UpstreamError}
 */
export async function readDenomMetadata(
  pool: ChainPool,
  denom: string,
  options?: ReadOptions,
): Promise<DenomMetadata | null> {
  const quoted = encodeURIComponent(denom)
  const answer =
    (await orNull(pool.get(`/cosmos/bank/v1beta1/denoms_metadata/${quoted}`, metadata, options))) ??
    (denom.includes('/')
      ? await orNull(
          pool.get(`/cosmos/bank/v1beta1/denoms_metadata_by_query_string?denom=${quoted}`, metadata, options),
        )
      : null)
  const found = answer?.value.metadata
  const unit = found?.denom_units?.find((one) => one.denom === found.display)
  if (
    !found ||
    !unit ||
    !Number.isInteger(unit.exponent) ||
    unit.exponent < 0 ||
    unit.exponent > MOST_DECIMALS
  )
    return null
  return { denom, symbol: found.symbol || found.display, decimals: unit.exponent }
}

const stakingParams = z.object({ params: z.object({ bond_denom: z.string().nullish() }) })
/** Some chains have a mint module of their own shape under this route. */
const mintParams = z.object({ params: z.object({ mint_denom: z.string().nullish() }).nullish() })

/**
 * The denom that the chain mints, else the one that it bonds; null where it says neither (no such modules).
 * @throws {UpstreamError}
 */
export async function readNativeDenom(pool: ChainPool, options?: ReadOptions): Promise<string | null> {
  const minted = await orNull(pool.get('/cosmos/mint/v1beta1/params', mintParams, options))
  const mintDenom = minted?.value.params?.mint_denom
  if (mintDenom) return mintDenom
  const bonded = await orNull(pool.get('/cosmos/staking/v1beta1/params', stakingParams, options))
  return bonded?.value.params.bond_denom || null
}

const trace = z.object({ denom_trace: z.object({ base_denom: z.string() }) })
const denomTrace = z.object({ denom: z.object({ base: z.string() }) })

/**
 * The denom on its home chain that an `ibc/…` denom stands for; null where the chain does not know it.
 * @throws {UpstreamError}
 */
export async function readBaseDenom(
  pool: ChainPool,
  ibcDenom: string,
  options?: ReadOptions,
): Promise<string | null> {
  const hash = encodeURIComponent(ibcDenom.slice('ibc/'.length))
  // Up to ibc-go v8 it is the first route, from v10 the second.
  const old = await orNull(pool.get(`/ibc/apps/transfer/v1/denom_traces/${hash}`, trace, options))
  if (old) return old.value.denom_trace.base_denom
  const now = await orNull(pool.get(`/ibc/apps/transfer/v1/denoms/${hash}`, denomTrace, options))
  return now?.value.denom.base ?? null
}

/** Null for "there is none", and for "there is no such route". */
async function orNull<T>(asked: Promise<Answer<T>>): Promise<Answer<T> | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof AnswerError) return null
    if (error instanceof UpstreamError && error.kind === 'not-supported') return null
    throw error
  }
}
