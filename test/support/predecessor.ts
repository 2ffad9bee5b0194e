// A made-up set of the predecessor's files, as its users have them; every test changes what it is about.

export const ADDRESSES = {
  elysA: 'elys1yd84wqzg00d6m40lk3s9rp3a0x97ywsdat6m52',
  elysB: 'elys14f2v6q8ddfm7dkhf9j550rxv0e4yf5dp56lt8v',
  cosmosA: 'cosmos1yd84wqzg00d6m40lk3s9rp3a0x97ywsdatrueg',
  cosmosB: 'cosmos14f2v6q8ddfm7dkhf9j550rxv0e4yf5dp56xv2w',
  osmoA: 'osmo1yd84wqzg00d6m40lk3s9rp3a0x97ywsd4ssv06',
  osmoB: 'osmo14f2v6q8ddfm7dkhf9j550rxv0e4yf5dpup4uuu',
  nobleA: 'noble1yd84wqzg00d6m40lk3s9rp3a0x97ywsd4gk5px',
} as const

export const WEBHOOK = 'https://discord.com/api/webhooks/112233445566778899/made-Up_secret0of1this2test'
export const TOKEN = 'bWFkZXVwbWFkZXVwbWFkZXVw.G0made.up-token_of_this_test_0123456789'

export const CONFIG_PY = `# Discord
discord_webhook = "${WEBHOOK}" #example: "https://discord.com/api/webhooks/…"
bot_token = '${TOKEN}'
guild_id = 972778865355272194  # None for every server
role_id = "<@&972778865355272194> <@951374414451187732>"
            # several are separated with a space

monitored_chains = {'elystestnet-1': [],
                    'theta-testnet-001': ["connection-0", "connection-6"],} # blank: all of them

expiry_alert_threshold = 0.80 # share of the trusting period
update_frequency = 6 # hours
`

export const CHAINS_PY = `#rest servers for all monitored chains AND the counterparts

chain_data = [
{'chain_id': 'elystestnet-1', 'api':'https://rest.elys.example.org', 'chain_name': 'ELYS', 'exponent': 6, 'denom': 'uelys', 'full_denom': 'ELYS'},
{'chain_id': 'theta-testnet-001', 'api': 'https://rest.theta.example.org/', 'chain_name': 'COSMOS', 'exponent': 6, 'denom': 'uatom', 'full_denom': 'ATOM'},
{'chain_id': 'somewhere-888', 'api': 'https://rest.somewhere.example.org', 'chain_name': 'SOMEWHERE', 'exponent': 18, 'denom': 'asome', 'full_denom': 'SOME'},
{'chain_id': 'nodenom-1', 'api': 'https://rest.nodenom.example.org', 'chain_name': 'NODENOM', 'exponent': 6, 'full_denom': 'NOD'},
]
`

export const WALLETS_PY = `tracked_wallets = {'${ADDRESSES.elysA}': ['elystestnet-1',
                                                 '<@875319025058594896>',
                                                 1.0],
 '${ADDRESSES.cosmosB}': ['theta-testnet-001',
                                                   '<@653208183325589529>',
                                                   0.5]}`

export const EXPIRED_PY = `expired_clients = [{'07-tendermint-3': ['connection-2',
                      'connection-11',
                      'elystestnet-1',
                      'theta-testnet-001']},
 {'07-tendermint-40': ['connection-11', 'connection-2', 'theta-testnet-001', 'elystestnet-1']}]`

export const IBC_DATA = `{"07-tendermint-0": {"chain_id": "elystestnet-1", "counterpart_chain_id": "theta-testnet-001", "time_to_expiry": 190.5, "chain_name": "ELYS", "last_checked": 1763600000}}
{"07-tendermint-1": {"chain_id": "theta-testnet-001", "counterpart_chain_id": "elystestnet-1", "time_to_expiry": 19.25, "chain_name": "COSMOS", "last_checked": 1763600000}}
`

/** An older version: wallets stand with their chains, one threshold for all; some denoms are wrong or missing. */
export const OLD_CONFIG_PY = `discord_webhook = "${WEBHOOK}"
bot_token = '${TOKEN}'
role_id = "<@&972778865355272194>"

monitored_chains = {'elystestnet-1': []}

chain_data = [
{'chain_id': 'elystestnet-1', 'api': 'https://rest.elys.example.org', 'chain_name': 'ELYS', 'wallets': ['${ADDRESSES.elysA}','${ADDRESSES.elysB}'], 'exponent': 6, 'denom': 'uelys', 'full_denom': 'ELYS'},
{'chain_id': 'theta-testnet-001', 'api': 'https://rest.theta.example.org', 'chain_name': 'COSMOS', 'wallets': ['${ADDRESSES.cosmosA}', None, 'cosmos1nonsense', '${ADDRESSES.cosmosB}', '${ADDRESSES.cosmosA}'], 'exponent': 6, 'denom': 'uatom', 'full_denom': 'ATOM'},
{'chain_id': 'osmo-test-5', 'api': 'https://rest.osmo.example.org', 'chain_name': 'OSMOSIS', 'wallets': ['${ADDRESSES.osmoA}'], 'exponent': 6, 'denom': 'uosmos', 'full_denom': 'OSMO'},
{'chain_id': 'grand-1', 'api': 'https://rest.noble.example.org', 'chain_name': 'NOBLE', 'wallets': ['${ADDRESSES.nobleA}'], 'exponent': 6, 'full_denom': 'NOBLE'},
{'chain_id': 'nowhere-1', 'chain_name': 'NOWHERE', 'wallets': ['${ADDRESSES.osmoB}'], 'exponent': 6, 'denom': 'unow', 'full_denom': 'NOW'},
]

expiry_alert_threshold = 0.80 # share of the trusting period

balance_alert_threshold = 0.4 # tokens
`

/** The full set; `changes` replaces files, null takes one away. */
export function predecessorFiles(changes: Record<string, string | null> = {}): Map<string, string> {
  const files: Record<string, string | null> = {
    'config.py': CONFIG_PY,
    'chains.py': CHAINS_PY,
    'tracked_wallets.py': WALLETS_PY,
    'expired_clients.py': EXPIRED_PY,
    ibc_data: IBC_DATA,
    ...changes,
  }
  return new Map(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null))
}
