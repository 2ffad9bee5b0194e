// Parameters of staking, mint and gov, and the gov module's account.
import { createHash } from 'node:crypto'
import { bech32 } from '@scure/base'
import { GrpcError, notImplemented } from '../answer.ts'
import type { Context, Route } from './context.ts'

/** `/cosmos/staking/v1beta1/params` */
export const stakingRoutes: Route = (segments, { chain }) => {
  if (segments.join('/') !== 'params') throw notImplemented()
  return JSON.stringify({
    params: {
      unbonding_time: `${chain.unbondingTimeS}s`,
      max_validators: 100,
      max_entries: 7,
      historical_entries: 10000,
      bond_denom: chain.bondDenom,
      min_commission_rate: '0.000000000000000000',
    },
  })
}

/** `/cosmos/mint/v1beta1/params` */
export const mintRoutes: Route = (segments, { chain, profile }) => {
  if (segments.join('/') !== 'params') throw notImplemented()
  return JSON.stringify({
    params: {
      mint_denom: chain.mintDenom,
      inflation_rate_change: '0.130000000000000000',
      inflation_max: '0.200000000000000000',
      inflation_min: '0.070000000000000000',
      goal_bonded: '0.670000000000000000',
      blocks_per_year: String(Math.round(31_557_600_000 / chain.blocks.intervalMs)),
      ...(profile.version === 'v11' ? { max_supply: '0' } : {}),
    },
  })
}

/** `/cosmos/gov/v1/params/{voting,deposit}`; below SDK 0.47 only the old objects hold anything. */
export const govRoutes: Route = (segments, { chain, profile }) => {
  const [params, kind] = segments
  if (segments.length !== 2 || params !== 'params' || (kind !== 'voting' && kind !== 'deposit')) {
    throw notImplemented()
  }
  const voting = { voting_period: `${chain.votingPeriodS}s` }
  const deposit = {
    min_deposit: [{ denom: chain.bondDenom, amount: chain.minDeposit }],
    max_deposit_period: '1209600s',
  }
  return JSON.stringify({
    voting_params: kind === 'voting' ? voting : null,
    deposit_params: kind === 'deposit' ? deposit : null,
    tally_params: null,
    ...(profile.govParams ? { params: { ...deposit, ...voting } } : {}),
  })
}

/** `/cosmos/auth/v1beta1/module_accounts/gov` */
export const authRoutes: Route = (segments, context) => {
  const [accounts, name] = segments
  if (segments.length !== 2 || accounts !== 'module_accounts') throw notImplemented()
  if (name !== 'gov') throw new GrpcError(5, `account ${name} not found`)
  return JSON.stringify({
    account: {
      '@type': '/cosmos.auth.v1beta1.ModuleAccount',
      base_account: {
        address: moduleAddress(context, name),
        pub_key: null,
        account_number: '8',
        sequence: '0',
      },
      name,
      permissions: ['burner'],
    },
  })
}

function moduleAddress({ chain }: Context, name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 20)
  return bech32.encode(chain.bech32Prefix, bech32.toWords(bytes))
}
