// The tools whose files can be moved in, by where in them what stands; and those that are only told by name.
import { isTable, type Table } from './file-syntax.ts'

export interface Tool {
  name: string
  /** Where the list or the table of its chains stands; the file may also be one chain. */
  chains: 'chains' | 'rpc'
  /** Where in a chain a field stands, with dots, in one or several places; `value` of a chain is laid over it. */
  places: { id: string[]; [field: string]: string[] }
  /** What in a chain or beside them has no counterpart here, and why that is left. */
  leaves?: Record<string, string>
  /** What else it is known by: keys of the file and of its chains, with spaces between. */
  keys: string
  /** Keys of its paths or accounts. */
  inner?: string
  /** What of its file is not needed here, for people. */
  unread: string
}

/** A chain of the library that rly and others are made with. */
const LENS =
  'key key-directory keyring-backend rpc-addr grpc-addr account-prefix gas-adjustment gas-prices min-gas-amount debug block-timeout output-format sign-mode extra-codecs'

export const TOOLS: readonly Tool[] = [
  { name: 'hermes', chains: 'chains',
    places: { id: ['id'], type: ['type', 'chain_type'], prefix: ['account_prefix'], key: ['key_name'], feeDenom: ['gas_price.denom', 'fee_denom'], payer: ['fee_granter'] },
    leaves: { connections: 'pairs of chains without ids; what is relayed may be added to `mine`' },
    keys: 'mode rest telemetry tracing_server connections strategy account_prefix key_name key_store_type key_store_folder store_prefix gas default_gas max_gas gas_price gas_adjustment gas_multiplier dynamic_gas_price fee_denom fee_amount fee_granter max_msg_num max_tx_size max_grpc_decoding_size clock_drift max_block_time trusting_period unbonding_period trust_threshold client_refresh_rate memo_prefix memo_overwrite proof_specs packet_filter filters address_type event_source websocket_addr rpc_timeout batch_delay genesis_restart extension_options compat_mode sequential_batch_tx ccv_consumer_chain trusted_node excluded_sequences clear_interval query_packets_chunk_size chain_type allow_ccq stub_key_name kms_config view_service_storage_dir',
    unread: 'RPC and gRPC servers, gas, and how hermes itself runs ([mode], [rest], [telemetry])' },
  { name: 'rly', chains: 'chains',
    places: { id: ['chain-id'], type: ['type'], prefix: ['account-prefix'], key: ['key'], feeDenom: ['gas-prices', 'default-denom'], payer: ['feegrants.granter'] },
    keys: `${LENS} paths src dst src-channel-filter value backup-rpc-addrs default-denom max-gas-amount extension-options coin-type signing-algorithm broadcast-mode min-loop-duration feegrants trusting-period counterparties port-id`,
    inner: 'src dst src-channel-filter chain-id client-id connection-id channel-id port-id order version',
    unread: 'RPC servers, gas, counterparties, and how rly itself runs (`global`)' },
  { name: 'ibc-prometheus-exporter', chains: 'chains',
    places: { id: ['chain_id'], name: ['name'], mine: ['whitelist_connections', 'whitelist_clients'], channels: ['whitelist_channels'], ignored: ['blacklist_clients'], home: ['home_chain'] },
    leaves: { blacklist_connections: 'write the ids of their clients into `ignoreClients`', blacklist_channels: 'write the ids of their clients into `ignoreClients`' },
    keys: 'rpcs rests home_chain whitelist_connections whitelist_clients whitelist_channels blacklist_connections blacklist_clients blacklist_channels excluded_sequences update_interval omit_closed_channels omit_inactive_clients state_refresh_interval state_scan_timeout',
    unread: 'RPC servers, and how the exporter itself runs' },
  { name: 'relayer_exporter', chains: 'rpc',
    places: { id: ['chainId'], name: ['chainName'] },
    keys: 'rpc accounts github chainName',
    inner: 'address denom chainName chainId tags',
    unread: 'RPC servers, and the paths that it reads from `github`: what is relayed may be added to `mine` of each chain' },
  { name: 'tenderduty', chains: 'chains',
    places: { id: ['chain_id'] },
    keys: 'enable_dashboard listen_port hide_logs node_down_alert_minutes node_down_alert_severity prometheus_enabled prometheus_listen_port pagerduty discord telegram slack healthcheck valoper_address valcons valcons_address valcons_override validators public_fallback alerts nodes extra_info extraInfo',
    unread: 'validators, RPC servers, and whom tenderduty tells: webhooks go into .env' },
] // biome-ignore format: a table reads better in rows

/** Other tools' files that may be taken for one of these, by keys that are theirs. */
const OTHERS: readonly [name: string, keys: string][] = [
  ['ibc-monitor itself (use it with --config)', 'discord alerts schedule limits counterparties faucet mine rest prefix token wallets ignoreClients connections'],
  ['ibc-watcher', 'prometheus channels'],
  ['IBCmon', 'general tg rule base_chain counterparties'],
  ['chainpulse', 'ibc_version comet_version database metrics populate_on_start'],
  ['ts-relayer', 'version prefix gas_price gas_limits hd_path ics20_port faucet rpc mnemonic src dest srcConnection destConnection'],
  ['ignite', 'version account addressPrefix rpcAddress grpcAddress gasPrice gasLimit'],
  ['lens, or what is made with it', `${LENS} default_chain`],
  ['yui-relayer', 'chain prover'],
  ['starship', 'numValidators relayers explorer registry frontends'],
  ['cosmos-wallets-exporter or its kin', 'listen-address log lcd-endpoint base-denom bech-prefix bech-wallet-prefix tendermint-rpc denoms wallets validators coingecko-currency'],
  ['horcrux', 'keyDir signMode thresholdMode chainNodes debugAddr raftTimeout grpcTimeout cosigners maxReadSize chain-nodes cosigner share-count'],
  ['tmkms', 'providers validator'],
  ['a node (CometBFT)', 'proxy_app moniker db_backend priv_validator_key_file p2p mempool statesync blocksync fastsync consensus tx_index storage instrumentation'],
  ['a node (app.toml of the Cosmos SDK)', 'minimum-gas-prices pruning halt-height min-retain-blocks inter-block-cache api grpc grpc-web state-sync telemetry streaming'],
  ['a node (client.toml of the Cosmos SDK)', 'keyring-backend keyring-default-keyname output node broadcast-mode fees fee-granter note'],
  ['the chain registry', '$schema chain_name bech32_prefix daemon_name apis codebase slip44 chain_1 chain_2 operators'],
  ['Kubernetes', 'apiVersion kind metadata spec data'],
] // biome-ignore format: a table reads better in rows

/** Keys that files of many tools have: they tell nothing. */
const ANYBODYS =
  'chains global id type name chain_id chain-id chainId rpc_addr grpc_addr url address port host timeout log_level'

const words = (text: string) => new Set(text.split(' '))
const common = words(ANYBODYS)

/** The entries of a list, or of a table by name. */
export const entriesOf = (value: unknown): [key: string, entry: unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/** A chain with what stands in its `value`. */
export const flat = (chain: Table): Table => (isTable(chain.value) ? { ...chain, ...chain.value } : chain)

/** What stands in a file under names that tell whose it is, and the chains in it. */
function namesIn(file: Table): { chains: Table[]; keys: string[] } {
  const entries = ['chains', 'rpc'].flatMap((place) => entriesOf(file[place]).map(([, entry]) => entry))
  const chains = [...entries, file].filter(isTable).map(flat)
  const keys = [...new Set(chains.flatMap(Object.keys))].filter((key) => !common.has(key))
  return { chains, keys }
}

/** Whether a key of a chain names its REST servers, in whatever tool: `rests`, `rest_addr`, `lcd-url`, `api`. */
export const isRestKey = (key: string): boolean =>
  /^(rest|lcd|api)s?([-_]?(addr|address|url|uri|endpoint|server)(s|es)?)?$/i.test(key)

/** Keys that a tool is not known to have, and that are not read whatever the tool. */
export function unknownKeys(file: Table, { keys: own, inner = '', places }: Tool): string[] {
  const { chains, keys } = namesIn(file)
  const [known, knownInside] = [words(own), words(inner)]
  const isRead = (key: string) =>
    isRestKey(key) && chains.some((chain) => key in chain && places.id[0]! in chain)
  const listed = [...entriesOf(file.paths), ...entriesOf(file.accounts)].map(([, entry]) => entry)
  const tables = listed.filter(isTable).flatMap((one) => [one, one.src, one.dst].filter(isTable))
  return [
    ...keys.filter((key) => !known.has(key) && !isRead(key)),
    ...new Set(tables.flatMap(Object.keys).filter((key) => !knownInside.has(key))),
  ]
}

/**
 * Whose file this is: a tool that can be read; else the name of another, or null where nothing tells. The one with the
 * most keys counts, and only if it knows at least as many of them as it does not.
 */
export function toolOf(file: Table): Tool | string | null {
  const { chains, keys } = namesIn(file)
  const all = [...TOOLS.map((tool) => [tool, tool.keys] as const), ...OTHERS]
  const scores = all.map(([tool, own]) => {
    const known = words(own)
    return { tool, known: keys.filter((key) => known.has(key)).length }
  })
  const best = scores.reduce((one, other) => (other.known > one.known ? other : one))
  const hasId = ({ places }: Tool) => chains.some((chain) => places.id[0]! in chain)
  // With nothing but their ids, chains may be of any tool that calls an id so.
  if (keys.length === 0) return TOOLS.find(hasId) ?? null
  if (typeof best.tool === 'string') return best.known > 1 ? best.tool : null
  // A relayer's file may name no chain yet, or be damaged there.
  const isSure =
    hasId(best.tool) || (best.tool.places.prefix !== undefined && (best.known > 2 || chains.length === 1))
  return isSure && best.known * 2 >= keys.length ? best.tool : null
}
