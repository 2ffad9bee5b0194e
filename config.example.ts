// An example configuration. Copy it to config.ts and edit it; an editor completes and checks every key.
import { defineConfig } from './src/config.ts'

export default defineConfig({
  discord: {
    guildId: '972778865355272194', // your server: nothing is answered, and nobody is an admin, anywhere else
    prefix: '$', // false: slash commands only, and no Message Content intent is needed
    // commandChannels: ['972778865355272195'], // leave out: wherever the bot may write
    // adminRoles: ['972778865355272196'], // leave out: whoever may manage the server
  },
  alerts: {
    about: 'live', // 'live': clients in use, and yours; 'mine': only yours; 'all'
    mention: ['<@&972778865355272194>'], // roles and users to tag
    warnAt: 0.8, // share of the trusting period since the last update, at or over
    criticalAt: 0.9,
    warnWhenLeft: '6h', // also warn when less than this is left (where the trusting period is at least four times as long)
    // quietWhileLeft: '48h', // no warning while more than this is left; never silences critical
    remindEvery: '24h',
    blindAfter: '10m', // a chain that cannot be read is told after this time
    blindMentionAfter: '6h', // and with the mention after this one, or when a deadline is near
    // Instead of DISCORD_WEBHOOK_URL: the bot finds or makes its own webhook there, which needs Manage Webhooks.
    // channel: '972778865355272200',
    // escalate: { after: '15m', mention: ['<@&972778865355272196>'] }, // nobody acknowledged what somebody was called for
    // fallbackChannel: '972778865355272195', // where the bot itself speaks when a webhook does not work; left out: its channel
    // Alerts of some chains into another channel; the webhook's URL stands in .env under this name. Or `channel`.
    // routes: [{ chains: ['theta-testnet-001'], webhook: 'TESTNET_WEBHOOK_URL', mention: [] }],
    // Somebody is woken, too: by what tags somebody, from this level on. What stands in the secrets: docs/pagers.md.
    // pagers: [
    //   { kind: 'pagerduty', secret: 'PAGERDUTY_KEY', from: 'critical' }, // or 'warning', 'expired'
    //   { kind: 'ntfy', secret: 'NTFY_TOPIC', chains: ['cosmoshub'] }, // left out: all chains
    //   { kind: 'telegram', secret: 'TELEGRAM_CHAT' },
    //   { kind: 'webhook', secret: 'PAGE_WEBHOOK' },
    // ],
  },
  // Cron. Sweeps go by UTC; `timezone` is the digest's.
  schedule: { clients: '*/10 * * * *', wallets: '*/15 * * * *', digest: '0 9 * * 1', timezone: 'UTC' },
  limits: { inFlight: 32, requestsPerSecond: 20, timeout: '10s' }, // ceilings for each endpoint
  // ops: {
  //   listen: '127.0.0.1:9464', // /metrics (Prometheus), /healthz, /readyz; elsewhere than on this machine only with `token`
  //   token: 'METRICS_TOKEN', // the secret that readers must send
  //   ping: { secret: 'PING_URL', every: '5m' }, // a dead-man's ping, sent while the bot is of use
  // },
  // standby: true, // a second watcher on another machine, with a bot token of its own: docs/night.md
  chains: [
    // One word from the chain registry is enough: a chain id, a name or a display name.
    'cosmoshub',
    // Or written out. What is written wins over the registry.
    {
      chainId: 'osmosis-1',
      name: 'Osmosis',
      rest: ['https://lcd.osmosis.zone', 'https://rest.osmosis.goldenratiostaking.net'],
      // A provider's key belongs in .env; in a header its name stands in the place of it, and `voice` says who runs it:
      // rest: [{ url: 'https://osmosis.example.org', headers: { 'x-api-key': 'PROVIDER_KEY' }, voice: 'provider' }],
      token: { symbol: 'OSMO', denom: 'uosmo', decimals: 6 },
      prefix: 'osmo',
      connections: 'all', // or ['connection-0', 'connection-5'] (these are mine), or 'none' (wallets and far ends)
      mine: ['connection-1', '07-tendermint-1'], // yours: alerted about whether in use or not, and the only ones there that tag somebody
      ignoreClients: ['07-tendermint-12'], // read and listed, never alerted about
      alerts: { warnAt: 0.7 },
      limits: { requestsPerSecond: 10 },
      // wallets: [{ address: 'osmo1…', threshold: '2', mention: ['<@&972778865355272194>'] }],
      // … or of another token: { address: 'osmo1…', threshold: '2', denom: 'factory/osmo1…/token', decimals: 6 }
    },
  ],
  // counterparties: 'registry', // take the chains at far ends from the chain registry too
  // chainsFromChannel: { allowHttpLoopback: true }, // $register_chain may add endpoints on this machine: test networks

  // Test tokens by /drip; its secret stands in .env under the name given. Beside it `chains` may be empty.
  // faucet: {
  //   chain: 'ligate-devnet',
  //   channels: ['972778865355272197'],
  //   moderatorRoles: ['972778865355272198'], // leave out: the bot's admins
  //   auditChannel: '972778865355272199', // moderators' actions are shown here
  //   address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 }, // leave out for Cosmos: bech32, 20 or 32 bytes
  //   sender: { kind: 'internal-drip', url: 'https://api.ligate.io', token: 'FAUCET_TOKEN' },
  //   // POST /v1/drip with a bearer token: { kind: 'ligate-v1', url: 'https://api.ligate.io', token: 'FAUCET_TOKEN' }
  //   explorer: 'https://explorer.ligate.io/tx/{hash}',
  //   accountAge: '7d', // or false
  //   memberAge: '1d', // or false
  //   every: '24h', // once per user
  //   perAddress: '24h', // and once per address; off by default
  //   dailyTotal: 200, // drips of the whole faucet in any 24 h; off by default
  //   keptForFirstTimers: 0.3, // share of it for people who never had any
  //   requiredRoles: [],
  //   allowPending: false, // members who have not passed screening
  //   dm: 'refusals', // 'fallback': only where the answer cannot be given; 'never'
  //   alertAfterFailures: 3,
  //   mention: ['<@&972778865355272194>'],
  // },
})
