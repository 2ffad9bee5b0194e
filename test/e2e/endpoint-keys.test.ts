// A key in an endpoint's path, login or query: shown by nothing that the bot says, writes or logs.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeOutside, makeOutside } from '../support/bot-process.ts'
import { until } from '../support/discord-bot.ts'
import { closeWorlds, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

const KEY = 'k3y-of-a-paying-customer'
const PASSWORD = 'pa55word-of-a-customer'

const servers: Server[] = []
afterEach(async () => {
  await closeWorlds()
  await closeOutside()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A provider in front of `target`, below a path with the key; its errors repeat what was asked for. */
async function provider(target: string): Promise<{ good: string; bad: string; host: string }> {
  const server = createServer(async (request, response) => {
    const path = request.url!.replace(`/apikey/${KEY}`, '')
    if (path === request.url || path.includes('/ibc/core/channel')) {
      const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
      response.writeHead(path === request.url ? 500 : 404, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ code: 5, message: `${login} may not see ${request.url}` }))
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
  }
}

function build(chains: ChainWorld): void {
  chains.addChain({ chainId: 'alpha-1' })
  chains.addChain({ chainId: 'beta-1' })
  chains.openConnection('alpha-1', 'beta-1')
}

const SECRET = new RegExp(`${KEY}|${PASSWORD}`)

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
  const { good, bad, host } = await provider(world.endpoints.get('alpha-1')![0]!.url)
  const { settings } = world
  const alpha = { ...settings.chains[0]!, chainId: 'alpha-1', name: 'alpha-1', rest: [good, bad] }
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
  expect(said).not.toMatch(SECRET)
})
