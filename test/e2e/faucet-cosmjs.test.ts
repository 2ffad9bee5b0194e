// /drip against the HTTP server of the real @cosmjs/faucet, with an account of ours behind it instead of a chain.
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, cosmosAddress, faucetSettings, NOW_MS, person, startBench } from '../support/faucet.ts'

/** What the web server of @cosmjs/faucet calls: its Faucet, which would talk to a chain. */
interface Account {
  loadAccounts(): Promise<{ address: string; balance: { denom: string; amount: string }[] }[]>
  availableTokens(): Promise<string[]>
  configuredTokens(): string[]
  credit(address: string, denom: string): Promise<void>
}
type Webserver = new (
  faucet: Account,
  chain: { nodeUrl: string; chainId: string },
) => { api: { listen(port: number): import('node:http').Server } }

/** The program's own web server; null where it is not installed. */
function load(): Webserver | null {
  try {
    return createRequire(import.meta.url)('@cosmjs/faucet/build/api/webserver.js').Webserver
  } catch (error) {
    if ((error as { code?: string }).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}
const Server = load()

describe.skipIf(Server === null)('the real @cosmjs/faucet', () => {
  let paid: string[]
  let balance: string
  let credit: (address: string) => Promise<void>
  let http: import('node:http').Server
  let bench: Bench

  beforeEach(async () => {
    paid = []
    balance = '5000000'
    credit = async (address) => {
      paid.push(address)
    }
    const holder = () => ({
      address: cosmosAddress('holder'),
      balance: [{ denom: 'utest', amount: balance }],
    })
    const faucet: Account = {
      loadAccounts: async () => [holder()],
      availableTokens: async () => (balance === '0' ? [] : ['utest']),
      configuredTokens: () => ['utest'],
      credit: (address) => credit(address),
    }
    const port = await freePort()
    http = new Server!(faucet, { nodeUrl: 'http://127.0.0.1:1', chainId: 'test-1' }).api.listen(port)
    bench = await startBench({
      settings: () => [
        faucetSettings('http://127.0.0.1', {
          chain: 'test-1',
          address: { prefix: 'cosmos' },
          sender: { kind: 'cosmjs', url: `http://127.0.0.1:${port}`, denom: 'utest' },
          amount: '10 TEST',
        }),
      ],
    })
  })
  afterEach(async () => {
    await bench.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })

  it('pays', async () => {
    const seen = await bench.drip(person(), cosmosAddress(1))
    expect(seen.text).toContain(
      `💧 Sent 10 TEST to \`${cosmosAddress(1)}\`.\nThis faucet does not tell the transaction hash.`,
    )
    expect(paid).toEqual([cosmosAddress(1)])
    expect(bench.rows()).toMatchObject([{ status: 'sent', at_ms: NOW_MS }])
  })

  it('its own cooldown is a certain no, in upper case too, where it would have paid twice', async () => {
    await bench.drip(person(), cosmosAddress(1))
    const seen = await bench.drip(person(), cosmosAddress(1).toUpperCase())
    expect(seen.text).toContain('the faucet itself has a limit that is reached')
    expect(seen.text).toContain('Nothing is used up')
    expect(paid).toHaveLength(1)
    expect(bench.rows()).toMatchObject([{ status: 'sent' }, { status: 'failed', cause: 'limited' }])
  })

  it('"Sending tokens failed" may hide a payment: unknown', async () => {
    credit = async (address) => {
      paid.push(address)
      throw new Error('time-out while waiting for inclusion')
    }
    const who = person()
    expect((await bench.drip(who, cosmosAddress(1))).text).toContain('Sending tokens failed')
    expect((await bench.drip(who, cosmosAddress(2))).refused).toBe(true)
    expect(bench.rows()).toMatchObject([{ status: 'unknown' }])
  })

  it('tells its balance, and that it has none', async () => {
    expect((await bench.type(person(), 'faucet', {})).text).toContain('It has `5,000,000 utest`.')
    balance = '0'
    expect((await bench.type(person(), 'faucet', {})).text).toContain('It has nothing left to pay with.')
    const seen = await bench.drip(person(), cosmosAddress(1))
    expect(seen.text).toContain('the faucet has no tokens left')
    expect(bench.rows()).toMatchObject([
      { status: 'failed', cause: 'dry', detail: expect.stringContaining('Token is not available') },
    ])
  })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as import('node:net').AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
