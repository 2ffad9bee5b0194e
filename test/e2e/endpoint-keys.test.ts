// A key in an endpoint's path, login or query: shown by nothing that the bot says, writes or logs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { endpointsAt } from '../../src/cosmos/endpoint-name.ts'
import { closeOutside, makeOutside } from '../support/bot-process.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

const KEY = 'k3y-of-a-paying-customer'
const PASSWORD = 'pa55word-of-a-customer'
const HEADER_KEY = 'h3ader/key of+a customer'
const QUERY_KEY = 'qu3ry key/+of-a-customer'

const servers: Server[] = []
afterEach(async () => {
  await closeWorlds()
  await closeOutside()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Provider {
  good: string
  bad: string
  /** Takes a key in the query beside one in the header `x-api-key`, and refuses others with both repeated. */
  keyed: string
  host: string
}

/** A provider in front of `target`, below a path with the key; its errors repeat what was asked for. */
async function provider(target: string): Promise<Provider> {
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url!, 'http://host')
    const keys = [asked.searchParams.get('apikey'), request.headers['x-api-key']]
    asked.searchParams.delete('apikey')
    const isKeyed = asked.pathname.startsWith('/keyed/') && keys.join() === `${QUERY_KEY},${HEADER_KEY}`
    const path = (asked.pathname + asked.search).replace(isKeyed ? '/keyed' : `/apikey/${KEY}`, '')
    if (path === request.url || path.includes('/ibc/core/channel')) {
      const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
      const said = [login, ...keys, encodeURIComponent(String(keys[1] ?? ''))].join(' ')
      response.writeHead(path === request.url ? 500 : 404, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ code: 5, message: `${said} may not see ${request.url}` }))
    }
    const answer = await fetch(target + path).catch(() => null)
    if (answer === null) return response.writeHead(502).end(`${request.url} cannot be reached`)
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    good: `http://${host}/apikey/${KEY}`,
    bad: `http://user:${PASSWORD}@${host}/v1/${KEY}`,
    keyed: `http://${host}/keyed?apikey=${encodeURIComponent(QUERY_KEY)}`,
  }
}

function build(chains: ChainWorld): void {
  chains.addChain({ chainId: 'alpha-1' })
  chains.addChain({ chainId: 'beta-1' })
  chains.openConnection('alpha-1', 'beta-1')
}

const SECRET = new RegExp(`${KEY}|${PASSWORD}|h3ader|qu3ry`)

it('by `check`, its JSON, and `doctor`: the host alone, told apart by numbers', async () => {
  const world = await makeOutside({ build })
  const { good, bad, host } = await provider(world.endpoints.get('alpha-1')![0]!.url)
  const only = { chains: [{ chainId: 'alpha-1', rest: [good, bad] }] }
  world.configure((config) => ({ ...config, ...only }))
  world.env.LOG_LEVEL = 'debug'
  const runs = [world.run('check'), world.run('check', '--json'), world.run('doctor')]
  for (const run of runs) await run.ended
  const [text, json, doctor] = runs.map((run) => run.out() + run.err())
  for (const said of [text, json, doctor]) expect(said).not.toMatch(SECRET)
  const report = JSON.parse(runs[1]!.out()) as { chains: { endpoint: string; reason: string | null }[] }
  expect(report.chains).toMatchObject([{ endpoint: `${host} #1` }])
  expect(doctor).toContain(`alpha-1 ${host} #1`)
  expect(doctor).toContain(`alpha-1 ${host} #2`)
})

it('in a header or a query are sent, and shown by nothing; a header without its secret is a problem', async () => {
  const world = await makeOutside({ build })
  const { keyed, host } = await provider(world.endpoints.get('alpha-1')![0]!.url)
  const rest = [{ url: keyed, headers: { 'X-Api-Key': 'PROVIDER_KEY' }, voice: 'provider' }]
  world.configure((config) => ({ ...config, chains: [{ chainId: 'alpha-1', rest }] }))
  const HTTPS_PROXY = `http://user:${PASSWORD}@proxy.example:3128`
  Object.assign(world.env, { LOG_LEVEL: 'debug', PROVIDER_KEY: '', HTTPS_PROXY })
  const missing = ['start', 'doctor'].map((command) => world.run(command))
  const problem = 'chains[0].rest[0].headers.x-api-key: PROVIDER_KEY is missing or empty'
  for (const run of missing) {
    await run.ended
    expect(run.out() + run.err()).toContain(problem)
    expect(run.out() + run.err()).toContain("Discord's REST go through proxy.example:3128")
  }
  expect(missing.map(({ child }) => child.exitCode)).toEqual([2, 1])

  const file = join(world.directory, 'key')
  writeFileSync(file, `${HEADER_KEY}\n`)
  world.env.PROVIDER_KEY_FILE = file
  const runs = [['check', '--json'], ['check', keyed], ['doctor']].map((args) => world.run(...args))
  for (const run of [...runs, ...missing]) {
    await run.ended
    expect(run.out() + run.err()).not.toMatch(SECRET)
  }
  const report = JSON.parse(runs[0]!.out()) as { chains: object[] }
  expect(report.chains).toMatchObject([{ endpoint: host }])
  expect(report.chains).toMatchObject([{ reason: expect.stringContaining('… … … may not see') }])
  expect(runs[1]!.out() + runs[1]!.err()).toContain('07-tendermint-0')
  expect(runs[2]!.out() + runs[2]!.err()).toContain(`ok       alpha-1 ${host}: block`)
})

const everything = (world: TestWorld) =>
  JSON.stringify([world.log, world.posts(), world.answers()], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )

it('by the alert about a chain that cannot be read, `$status`, `$client` and the log', async () => {
  const world = await startWorld({
    build,
    // alpha-1 is added below: its provider stands in front of its endpoint.
    config: (base) => ({ ...base, chains: base.chains.slice(1) }),
  })
  const { good, bad, keyed, host } = await provider(world.endpoints.get('alpha-1')![0]!.url)
  const { settings } = world
  world.secrets.PROVIDER_KEY = HEADER_KEY
  const rest = [
    ...endpointsAt([good, bad, keyed]),
    { url: keyed, headers: { 'x-api-key': { secret: 'PROVIDER_KEY' } } },
  ]
  const alpha = { ...settings.chains[0]!, chainId: 'alpha-1', name: 'alpha-1', rest }
  await world.restart({ ...settings, chains: [...settings.chains, alpha] })
  world.discord.say(world.ann, world.channelId, '$client 07-tendermint-0 alpha-1')
  world.discord.say(world.ann, world.channelId, '$status')
  await until(() => world.answers().length === 2)
  await world.endpoints.get('alpha-1')![0]!.stop()
  await world.pass(15 * MINUTE)
  world.discord.say(world.ann, world.channelId, '$status')
  await until(() => world.answers().length === 3)
  expect(JSON.stringify(world.posts())).toContain('BLIND')
  const said = everything(world)
  expect(said).toContain(`${host} #2`)
  expect(said).toContain(`${host} #4`)
  expect(said).not.toMatch(SECRET)
  await world.stop()
  const written = readdirSync(world.dataDirectory).map((name) =>
    readFileSync(join(world.dataDirectory, name)),
  )
  expect(written.some((one) => one.includes(host))).toBe(true)
  expect(Buffer.concat(written).toString('latin1')).not.toMatch(SECRET)
})
