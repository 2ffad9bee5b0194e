// `/cosmos/base/tendermint/v1beta1` and `/cosmos/base/node/v1beta1`: what the node says of itself, and its blocks.
import { GrpcError, notImplemented } from '../answer.ts'
import type { SandboxChain } from '../chain.ts'
import { digest, timestampJson } from '../client.ts'
import { type Context, type Route, uint64 } from './context.ts'

/** Routes below `/cosmos/base/tendermint/v1beta1`; `segments` begin after it. */
export const nodeRoutes: Route = (segments, context) => {
  const { profile, chain, latestHeight } = context
  const [route, second] = segments
  if (route === 'blocks' && segments.length === 2) {
    // The newest block, whatever height the request has pinned.
    return second === 'latest' ? block(context, latestHeight) : block(context, blockHeight(context, second!))
  }
  if (segments.length !== 1) throw notImplemented()
  if (route === 'node_info') return nodeInfo(context)
  if (route === 'syncing') {
    const heights = `,"earliest_block_height":"${chain.earliestStateHeight}","latest_block_height":"${latestHeight}"`
    return `{"syncing":${context.syncing}${profile.syncingHeights ? heights : ''}}`
  }
  throw notImplemented()
}

/** `/cosmos/base/node/v1beta1/status`, from SDK 0.50 on; it names no chain. */
export const nodeStatusRoutes: Route = (segments, { profile, chain, chainId, latestHeight }) => {
  if (segments.join('/') !== 'status' || !profile.nodeStatus) throw notImplemented()
  const hash = (of: string) => digest(`${chainId}/${latestHeight}/${of}`, 'base64')
  const time = timestampJson(chain.blocks.timeNs(latestHeight))
  return (
    `{"earliest_store_height":"${chain.earliestStateHeight}","height":"${latestHeight}","timestamp":"${time}",` +
    `"app_hash":"${hash('app')}","validator_hash":"${hash('validators')}"}`
  )
}

function blockHeight({ profile, latestHeight }: Context, text: string): number {
  const height = Number(uint64(text, 'height'))
  if (height > latestHeight) {
    const than = profile.version === 'v11' ? 'than' : 'then'
    throw new GrpcError(3, `requested block height is bigger ${than} the chain length`)
  }
  if (height === 0) throw new GrpcError(13, 'height must be greater than 0, but got 0')
  return height
}

/** What each chain was asked for last: one block is asked for many times. */
const lastBlocks = new WeakMap<SandboxChain, { key: string; text: string }>()

function block(context: Context, height: number): string {
  const { chain, chainId } = context
  const key = `${chainId}/${height}/${chain.blocks.timeNs(height)}`
  const last = lastBlocks.get(chain)
  if (last?.key === key) return last.text
  const text = blockText(context, height)
  lastBlocks.set(chain, { key, text })
  return text
}

function blockText({ chain, chainId }: Context, height: number): string {
  const hash = (of: string) => digest(`${chainId}/${height}/${of}`, 'base64')
  const id = (n: number) =>
    `{"hash":"${digest(`${chainId}/${n}/block`, 'base64')}","part_set_header":{"total":1,"hash":"${hash('parts')}"}}`
  const time = timestampJson(chain.blocks.timeNs(height))
  const header = (proposer: string) =>
    `{"version":{"block":"11","app":"0"},"chain_id":${JSON.stringify(chainId)},"height":"${height}","time":"${time}",` +
    `"last_block_id":${id(height - 1)},"last_commit_hash":"${hash('commit')}","data_hash":"${hash('data')}",` +
    `"validators_hash":"${hash('validators')}","next_validators_hash":"${hash('validators')}",` +
    `"consensus_hash":"${hash('consensus')}","app_hash":"${hash('app')}","last_results_hash":"${hash('results')}",` +
    `"evidence_hash":"${hash('evidence')}","proposer_address":"${proposer}"}`
  const rest =
    `"data":{"txs":[]},"evidence":{"evidence":[]},"last_commit":{"height":"${height - 1}","round":0,` +
    `"block_id":${id(height - 1)},"signatures":[]}`
  const proposer = `${chain.bech32Prefix}valcons1sandbox`
  return (
    `{"block_id":${id(height)},"block":{"header":${header(hash('proposer').slice(0, 28))},${rest}},` +
    `"sdk_block":{"header":${header(proposer)},${rest}}}`
  )
}

function nodeInfo({ profile, chainId }: Context): string {
  const major = profile.version
  return JSON.stringify({
    default_node_info: {
      protocol_version: { p2p: '8', block: '11', app: '0' },
      default_node_id: digest(chainId, 'hex').slice(0, 40),
      listen_addr: 'tcp://0.0.0.0:26656',
      network: chainId,
      version: profile.comet,
      channels: 'QCAhIiMwOGBh',
      moniker: 'sandbox',
      other: { tx_index: 'on', rpc_address: 'tcp://127.0.0.1:26657' },
    },
    application_version: {
      name: 'sandbox',
      app_name: 'sandboxd',
      version: 'v1.0.0',
      git_commit: '',
      build_tags: '',
      go_version: 'go version go1.24.0 linux/amd64',
      build_deps: [
        { path: 'github.com/cometbft/cometbft', version: `v${profile.comet}`, sum: '' },
        { path: 'github.com/cosmos/cosmos-sdk', version: profile.sdk, sum: '' },
        { path: `github.com/cosmos/ibc-go/${major}`, version: profile.ibcGo, sum: '' },
      ],
      cosmos_sdk_version: profile.sdk,
    },
  })
}
