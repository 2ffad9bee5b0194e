// Questions about the node and the chain around IBC: newest block, versions, syncing, governance.
import { z } from 'zod'
import { timestampNs, uint64 } from './schemas.ts'
import type { ChainPool, ReadOptions } from './types.ts'

export const NODE = '/cosmos/base/tendermint/v1beta1'

export const BLOCKS_LATEST = `${NODE}/blocks/latest`

const blockHeader = z.object({
  header: z.object({ chain_id: z.string(), height: uint64, time: timestampNs }),
})

/** `/blocks/latest` and `/blocks/{h}`: `sdk_block` where there is one (its proposer is readable), else `block` (SDK 0.54 has only that). */
export const latestBlock = z
  .object({ sdk_block: blockHeader.nullish(), block: blockHeader.nullish() })
  .transform((read, context) => {
    const header = (read.sdk_block ?? read.block)?.header
    if (header) return { chainId: header.chain_id, height: header.height, timeNs: header.time }
    context.addIssue({ code: 'custom', path: ['block'], message: 'expected a block' })
    return z.NEVER
  })

export const nodeInfo = z.object({
  default_node_info: z.object({ network: z.string() }),
  application_version: z.object({
    cosmos_sdk_version: z.string().nullish(),
    build_deps: z.array(z.object({ path: z.string(), version: z.string() })).nullish(),
  }),
})

export type NodeInfo = Awaited<ReturnType<typeof readNodeInfo>>

/** What the node runs: versions such as `v0.53.4`; null where the node does not say. */
export async function readNodeInfo(pool: ChainPool, options?: ReadOptions) {
  const { value } = await pool.get(`${NODE}/node_info`, nodeInfo, options)
  const app = value.application_version
  const version = (path: RegExp) => app.build_deps?.find((dep) => path.test(dep.path))?.version ?? null
  return {
    chainId: value.default_node_info.network,
    sdkVersion: app.cosmos_sdk_version || version(/^github\.com\/cosmos\/cosmos-sdk$/),
    /** Of the ibc-go module that was built in. */
    ibcGoVersion: version(/^github\.com\/cosmos\/ibc-go(\/v\d+)?$/),
  }
}

const syncing = z.object({ syncing: z.boolean() })

/**
 * Whether the node says that it catches up. `false` is said by lagging nodes too. `pinned`: the answer came only with a
 * pinned height (a restarted node of SDK 0.53 or later).
 */
export async function readSyncing(pool: ChainPool, options?: ReadOptions) {
  const { value, endpoint, pinned } = await pool.get(`${NODE}/syncing`, syncing, options)
  return { syncing: value.syncing, endpoint, pinned: pinned === true }
}

const govAccount = z.object({ account: z.object({ base_account: z.object({ address: z.string() }) }) })

/** Address of the governance module's account: the authority that a proposal's messages are signed by. */
export async function readGovAddress(pool: ChainPool): Promise<string> {
  const { value } = await pool.get('/cosmos/auth/v1beta1/module_accounts/gov', govAccount)
  return value.account.base_account.address
}
