// Makes src/chains/registry-index.json: registry names, and apart from them chain ids → sub-path of the npm package chain-registry.
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('chain-registry'))
const names = {}
const ids = {}
// Mainnets last: where an id or a name is used twice, the mainnet wins.
for (const network of ['testnet', 'mainnet']) {
  for (const name of readdirSync(join(root, network)).sort()) {
    const path = `${network}/${name}`
    let chain
    try {
      chain = require(join(root, path, 'chain.js')).default
    } catch {
      continue
    }
    if (!chain?.chainId) continue
    ids[chain.chainId] = path
    names[name] = path
  }
}
const sorted = (index) => Object.fromEntries(Object.entries(index).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(
  new URL('../src/chains/registry-index.json', import.meta.url),
  `${JSON.stringify({ ids: sorted(ids), names: sorted(names) }, null, 1)}\n`,
)
