// The tools whose files can be moved in, by where in them what stands; and those that are only told by name.
import { isTable, type Table } from './file-syntax.ts'

export interface Tool {
  name: string
  /** Where the list or the table of its chains stands. */
  chains: 'chains' | 'rpc'
  /** Where in a chain a field stands, with dots, in one or several places; `value` of a chain is laid over it. */
  places: { id: string; [field: string]: string | string[] }
  /** What in a chain or beside them has no counterpart here, and why that is left. */
  leaves?: Record<string, string>
  /** The keys that it has, by where they stand: '' for the file itself, `chains.gas_price` for a table of a chain. */
  keys: Record<string, string>
  /** What of its file is not needed here, for people. */
  unread: string
}

/** A chain of the library that rly and others are made with. */
const LENS =
  'key key-directory keyring-backend chain-id rpc-addr grpc-addr account-prefix gas-adjustment gas-prices min-gas-amount debug timeout block-timeout output-format sign-mode extra-codecs'
const RLY_END = 'chain-id client-id connection-id channel-id port-id order version'

export const TOOLS: readonly Tool[] = [
  { name: 'hermes', chains: 'chains',
    places: { id: 'id', type: ['type', 'chain_type'], prefix: 'account_prefix', key: 'key_name', feeDenom: ['gas_price.denom', 'fee_denom'], payer: 'fee_granter' },
    leaves: { connections: 'pairs of chains without ids; what is relayed may be added to `mine`' },
    keys: {
      '': 'global mode rest telemetry tracing_server connections chains',
      chains: 'id type chain_type rpc_addr grpc_addr websocket_addr event_source rpc_timeout batch_delay account_prefix key_name key_store_type key_store_folder store_prefix gas default_gas max_gas gas_price gas_adjustment gas_multiplier dynamic_gas_price fee_denom fee_amount fee_granter max_msg_num max_tx_size max_grpc_decoding_size clock_drift max_block_time trusting_period unbonding_period trust_threshold client_refresh_rate client_ids peers memo_prefix memo_overwrite proof_specs packet_filter filters address_type genesis_restart extension_options compat_mode sequential_batch_tx ccv_consumer_chain trusted_node excluded_sequences clear_interval query_packets_chunk_size allow_ccq stub_key_name kms_config view_service_storage_dir',
      'chains.gas_price': 'price denom', 'chains.packet_filter': 'policy list min_fees', 'chains.filters': 'policy list' },
    unread: 'RPC and gRPC servers, gas, and how hermes itself runs ([mode], [rest], [telemetry])' },
  { name: 'rly', chains: 'chains',
    places: { id: 'chain-id', type: 'type', prefix: 'account-prefix', key: 'key', feeDenom: ['gas-prices', 'default-denom'], payer: 'feegrants.granter' },
    keys: {
      '': 'global chains paths',
      chains: `${LENS} type value backup-rpc-addrs default-denom dynamic-gas-price max-gas-amount extension-options coin-type signing-algorithm broadcast-mode min-loop-duration feegrants trusting-period`,
      'chains.feegrants': 'granter num_grantees is_external_granter grantees block_last_verified',
      paths: 'src dst src-channel-filter strategy', 'paths.src': RLY_END, 'paths.dst': RLY_END, 'paths.src-channel-filter': 'rule channel-list' },
    unread: 'RPC servers, gas, counterparties, and how rly itself runs (`global`)' },
  { name: 'ibc-prometheus-exporter', chains: 'chains',
    places: { id: 'chain_id', name: 'name', mine: ['whitelist_connections', 'whitelist_clients'], channels: 'whitelist_channels', ignored: 'blacklist_clients', home: 'home_chain' },
    leaves: { blacklist_connections: 'write the ids of their clients into `ignoreClients`', blacklist_channels: 'write the ids of their clients into `ignoreClients`' },
    keys: {
      '': 'global address port log_level chains update_interval state_refresh_interval state_scan_timeout omit_closed_channels omit_inactive_clients',
      chains: 'name chain_id rpcs rests home_chain whitelist_connections whitelist_clients whitelist_channels blacklist_connections blacklist_clients blacklist_channels excluded_sequences update_interval timeout omit_closed_channels omit_inactive_clients state_refresh_interval state_scan_timeout' },
    unread: 'RPC servers, and how the exporter itself runs' },
  { name: 'relayer_exporter', chains: 'rpc',
    places: { id: 'chainId', name: 'chainName' },
    keys: { '': 'rpc accounts github', rpc: 'chainName chainId url timeout', accounts: 'address denom chainName chainId tags' },
    unread: 'RPC servers, and the paths that it reads from `github`: what is relayed may be added to `mine` of each chain' },
  { name: 'tenderduty', chains: 'chains',
    places: { id: 'chain_id' },
    keys: {
      '': 'enable_dashboard listen_port hide_logs node_down_alert_minutes node_down_alert_severity prometheus_enabled prometheus_listen_port pagerduty discord telegram slack healthcheck chains',
      chains: 'chain_id valoper_address valcons valcons_address valcons_override validators public_fallback alerts nodes extra_info extraInfo' },
    unread: 'validators, RPC servers, and whom tenderduty tells: webhooks go into .env' },
] // biome-ignore format: a table reads better in rows

/** Other tools' files that may be taken for one of these, by keys that stand in the file or, where it is said, in a chain. */
const OTHERS: readonly [name: string, keys: string][] = [
  ['ibc-monitor itself (use it with --config)', 'discord schedule limits counterparties faucet chains.chainId chains.mine chains.ignoreClients'],
  ['ibc-watcher', 'prometheus channels'],
  ['IBCmon', 'general tg rule base_chain counterparties'],
  ['chainpulse', 'ibc_version comet_version database metrics populate_on_start'],
  ['ts-relayer', 'version prefix gas_limits hd_path ics20_port faucet rpc mnemonic src dest srcConnection destConnection'],
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
  'chains global id type name chain_id chain-id rpc_addr grpc_addr url address port timeout log_level'

const words = (text: string) => new Set(text.split(' '))
const common = words(ANYBODYS)

/** The entries of a list, or of a table by name. */
export const entriesOf = (value: unknown): [key: string, entry: unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/** A chain with what stands in its `value`. */
export const flat = (chain: Table): Table => (isTable(chain.value) ? { ...chain, ...chain.value } : chain)

/** A file that is one chain or one path of a tool, as one that has a list of them. */
export function asWhole(file: Table): Table {
  if (isTable(file.src) && isTable(file.dst)) return { paths: { '': file } }
  const isChain = !('chains' in file) && TOOLS.some(({ places }) => places.id in flat(file))
  return isChain ? { chains: [file] } : file
}

/** Whether a key of a chain names its REST servers, in whatever tool: `rests`, `rest_addr`, `lcd-url`, `api`. */
export const isRestKey = (key: string): boolean =>
  /^(rest|lcd|api)s?([-_]?(addr|address|url|uri|endpoint|server)(s|es)?)?$/i.test(key)

/** The keys that stand at a place such as `chains.gas_price`: in any of the chains. */
function keysAt(file: Table, place: string): string[] {
  const [list, ...inner] = place === '' ? [] : place.split('.')
  const tables = list === undefined ? [file] : entriesOf(file[list]).map(([, entry]) => entry)
  const nested = inner.reduce(
    (some, key) => some.map((one) => one[key]).filter(isTable),
    tables.filter(isTable).map(flat),
  )
  return [...new Set(nested.flatMap(Object.keys))]
}

const namesAt = (place: string, keys: readonly string[]) =>
  keys.map((key) => (place === '' ? key : `${place}.${key}`))
const keyOf = (name: string) => name.replace(/^(chains|rpc)\./, '')

/** Keys that a tool is not known to have where they stand, with the place, and that are not read. */
export function unknownKeys(file: Table, { keys, chains }: Tool): { key: string; place: string }[] {
  return Object.entries(keys).flatMap(([place, own]) => {
    const known = words(own)
    const isRead = (key: string) => known.has(key) || (place === chains && isRestKey(key))
    return keysAt(file, place).flatMap((key) => (isRead(key) ? [] : { key, place }))
  })
}

const CANDIDATES = [
  ...TOOLS.map((tool) => {
    const names = Object.entries(tool.keys).flatMap(([place, keys]) => namesAt(place, keys.split(' ')))
    return { tool, names: new Set(names) }
  }),
  ...OTHERS.map(([tool, keys]) => ({ tool, names: words(keys) })),
]
type Candidate = (typeof CANDIDATES)[number]

const knows = ({ tool, names }: Candidate, name: string) =>
  names.has(name) || (typeof tool === 'string' && names.has(keyOf(name)))

/**
 * Whose file this is: a tool that can be read; else the name of another, or null where nothing tells. What only one
 * tool has is the mark of it, if it knows at least as many of the keys as it does not; without a mark, it knows all.
 */
export function toolOf(file: Table): Tool | string | null {
  const all = ['', 'chains', 'rpc'].flatMap((place) => namesAt(place, keysAt(file, place)))
  const telling = all.filter((name) => !common.has(keyOf(name)))
  const scores = CANDIDATES.map((one) => {
    const known = telling.filter((name) => knows(one, name))
    const marks = known.filter((name) => !CANDIDATES.some((other) => other !== one && knows(other, name)))
    return { ...one, known: known.length, marks: marks.length }
  })
  const mayBe = (one: (typeof scores)[number]) => {
    if (typeof one.tool === 'string') return one.known > 1
    const { chains, places } = one.tool
    const inChains = keysAt(file, chains)
    // A relayer's file may name no chain yet, or be damaged there.
    const isChainless = places.prefix !== undefined && (one.known > 2 || inChains.length === 0)
    if (!inChains.includes(places.id) && !isChainless) return false
    return one.marks > 0 ? one.known * 2 >= telling.length : all.every((name) => knows(one, name))
  }
  const [best, next] = scores.filter(mayBe).sort((a, b) => b.known - a.known || b.marks - a.marks)
  if (!best || (next && next.known === best.known && next.marks === best.marks)) return null
  return typeof best.tool === 'string' && best.marks === 0 ? null : best.tool
}
