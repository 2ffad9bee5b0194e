// What differs between the recorded versions of ibc-go and the Cosmos SDK under it, as far as REST shows it.

export type IbcGoVersion = 'v6' | 'v7' | 'v8' | 'v10' | 'v11'

/** The quirks of one version; each was seen in the recordings of that version. */
export interface Profile {
  version: IbcGoVersion
  /** The full version that `node_info` names, as in `v8.8.0`. */
  ibcGo: string
  sdk: string
  comet: string
  /** SDK 0.46 indents its JSON by two spaces. */
  indented: boolean
  /** Error bodies have a space after each comma. */
  spacedErrors: boolean
  /** `X-Cosmos-Block-Height` besides the `Grpc-Metadata-` one, on 200 only. */
  plainHeightHeader: boolean
  /** Pages of `/client_states` count raw store keys, consensus states included. */
  clientPagesCountRawKeys: boolean
  /** `09-localhost` stands in the client list and can be read. */
  localhostClient: boolean
  /** `connection-localhost` exists. */
  localhostConnection: boolean
  /** `client_status` of what does not exist is 200 `Unknown` or `Unauthorized`, not 404. */
  statusOfUnknownIs200: boolean
  /** A node restarted on a halted chain answers errors; the others judge with an empty header. */
  restartedNodeRefuses: boolean
  /** A pinned `client_status` is judged with the time of the latest block. */
  pinnedStatusUsesLatestTime: boolean
  /** A pruned height answers as if the store were empty. */
  prunedHeightLooksEmpty: boolean
  /** `syncing` names the earliest and the latest height. */
  syncingHeights: boolean
  /** `/cosmos/base/node/v1beta1/status` is there. */
  nodeStatus: boolean
  /** IBC v2 routes (as far as the gateway has them) and `client_creator`. */
  ibcV2: boolean
  nextSequenceSend: boolean
  /** `/denoms_metadata/{denom}` takes a denom with a slash. */
  metadataSlash: boolean
  metadataByQueryString: boolean
  spendableByDenom: boolean
  /** Shortest client id that is not malformed. */
  shortestClientId: number
  /** gov v1 `params` beside the old three. */
  govParams: boolean
}

const NEWEST: Profile = {
  version: 'v11',
  ibcGo: 'v11.2.0',
  sdk: 'v0.54.0',
  comet: '0.39.0',
  indented: false,
  spacedErrors: true,
  plainHeightHeader: true,
  clientPagesCountRawKeys: false,
  localhostClient: false,
  localhostConnection: true,
  statusOfUnknownIs200: true,
  restartedNodeRefuses: true,
  pinnedStatusUsesLatestTime: false,
  prunedHeightLooksEmpty: false,
  syncingHeights: true,
  nodeStatus: true,
  ibcV2: true,
  nextSequenceSend: true,
  metadataSlash: true,
  metadataByQueryString: true,
  spendableByDenom: true,
  shortestClientId: 4,
  govParams: true,
}

const V10: Profile = {
  ...NEWEST,
  version: 'v10',
  ibcGo: 'v10.7.0',
  sdk: 'v0.53.4',
  comet: '0.38.17',
  syncingHeights: false,
}

const V8: Profile = {
  ...V10,
  version: 'v8',
  ibcGo: 'v8.8.0',
  sdk: 'v0.50.9',
  comet: '0.38.11',
  spacedErrors: false,
  plainHeightHeader: false,
  localhostClient: true,
  statusOfUnknownIs200: false,
  restartedNodeRefuses: false,
  ibcV2: false,
  metadataSlash: false,
  shortestClientId: 9,
}

const V7: Profile = {
  ...V8,
  version: 'v7',
  nodeStatus: false,
  ibcGo: 'v7.10.0',
  sdk: 'v0.47.13',
  comet: '0.37.11',
  nextSequenceSend: false,
  metadataByQueryString: false,
}

const V6: Profile = {
  ...V7,
  version: 'v6',
  ibcGo: 'v6.3.1',
  sdk: 'v0.46.12',
  comet: '0.34.27',
  indented: true,
  clientPagesCountRawKeys: true,
  localhostClient: false,
  localhostConnection: false,
  pinnedStatusUsesLatestTime: true,
  prunedHeightLooksEmpty: true,
  spendableByDenom: false,
  govParams: false,
}

/** The profile of each recorded version. */
export const PROFILES: Record<IbcGoVersion, Profile> = { v6: V6, v7: V7, v8: V8, v10: V10, v11: NEWEST }
