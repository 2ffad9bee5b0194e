// `ibc-monitor check` where nothing is configured: chains of the registry by name, and any chain by its REST address.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { chainsToCheck } from '../../src/cli/check-chains.ts'
import { closeOutside, makeOutside, oneCritical } from '../support/bot-process.ts'
import { built } from '../support/built.ts'

const empty = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
const nowhere = { file: join(empty, 'config.ts'), isNamed: false, env: {} }

afterEach(closeOutside)
afterEach(() => rmSync(join(empty, 'config.json'), { force: true }))

/** Runs `check` in a directory without a configuration. */
const check = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [built('src/bin.js'), 'check', ...args], { cwd: empty }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

describe('check without a configuration', () => {
  it('reads the chain behind a REST address, with the exit codes and the JSON of ever', async () => {
    const world = await makeOutside({ build: oneCritical })
    const [url] = [...world.endpoints.values()].flat().map((one) => one.url)
    const table = await check(url!)
    expect(table).toMatchObject({ code: 0, out: '' })
    expect(table.err).toMatch(/CRITICAL.*alpha-1.*07-tendermint-0/)
    const json = await check(`${url}/`, '--json', '--fail-on', 'critical')
    expect(json).toMatchObject({ code: 1, err: '' })
    const report = JSON.parse(json.out)
    expect(report.chains).toMatchObject([{ chainId: 'alpha-1', status: 'ok' }])
    expect(report.clients[0]).toMatchObject({ clientId: '07-tendermint-0', severity: 'critical' })
  })

  it('says which of several addresses does not answer, reads the others, and exits with 3', async () => {
    const world = await makeOutside({ build: oneCritical })
    const urls = [...world.endpoints.values()].flat().map((one) => one.url)
    const { code, out } = await check(...urls, 'http://127.0.0.1:1/key', '--json')
    const { chains, clients } = JSON.parse(out)
    expect(code).toBe(3)
    expect(chains.map(({ chainId, status }: Record<string, string>) => [chainId, status])).toEqual([
      ['alpha-1', 'ok'],
      ['beta-1', 'ok'],
      ['127.0.0.1:1', 'unreadable'],
    ])
    expect(new Set(clients.map((one: Record<string, string>) => one.hostChainId))).toEqual(
      new Set(['alpha-1', 'beta-1']),
    )
    expect(out).not.toContain('/key')
  })

  it('goes by what the configuration says of a chain where one is named', async () => {
    const world = await makeOutside({ build: oneCritical })
    const [alpha] = [...world.endpoints.values()].flat().map((one) => one.url)
    const config = { file: world.configFile, isNamed: true, env: {} }
    world.configure((all) => {
      const [first, ...more] = all.chains as object[]
      return { ...all, chains: [{ ...first, alerts: { about: 'mine' } }, ...more] }
    })
    const about = async (word: string) => (await chainsToCheck([word], config)).chains[0]
    expect(await about('alpha-1')).toMatchObject({ chainId: 'alpha-1', alerts: { about: 'mine' } })
    expect(await about(alpha!)).toMatchObject({ rest: [{ url: alpha }], alerts: { about: 'mine' } })
    expect((await about('osmosis'))?.rest.length).toBeGreaterThan(2)
  })

  it('reads a chain that several words name through all endpoints that they give, in any order', async () => {
    const world = await makeOutside({ build: oneCritical, endpoints: { 'alpha-1': [{}, {}] } })
    const urls = world.endpoints.get('alpha-1')!.map(({ url }) => url)
    const restOf = async (words: string[], config = nowhere) =>
      (await chainsToCheck(words, config)).chains.map(({ rest }) => new Set(rest.map(({ url }) => url)))
    expect(await restOf(urls)).toEqual([new Set(urls)])
    expect(await restOf(urls.toReversed())).toEqual([new Set(urls)])
    world.configure((all) => ({ ...all, chains: [{ chainId: 'alpha-1', rest: [urls[0]] }] }))
    const config = { file: world.configFile, isNamed: true, env: {} }
    expect(await restOf(['alpha-1', urls[1]!], config)).toEqual([new Set(urls)])
    expect(await restOf([urls[1]!, 'alpha-1'], config)).toEqual([new Set(urls)])
    expect(await restOf([urls[1]!], config)).toEqual([new Set([urls[1]])])
  })

  it.each(['cosmoshub', 'cosmoshub-4', 'CosmosHub'])('knows %s from the chain registry', async (word) => {
    const { chains, unwatched } = await chainsToCheck([word, 'cosmoshub'], nowhere)
    expect(unwatched).toEqual([])
    expect(chains).toMatchObject([{ chainId: 'cosmoshub-4', connections: 'all' }])
    expect(chains[0]!.rest.every(({ url }) => url.startsWith('https://'))).toBe(true)
  })

  it('reads a chain as the configuration has it, whichever of its names is given', async () => {
    const world = await makeOutside({ build: oneCritical })
    const mine = { chainId: 'cosmoshub-4', name: 'Mine', rest: ['http://127.0.0.1:1'] }
    world.configure((all) => ({ ...all, chains: [mine, ...(all.chains as object[])] }))
    const config = { ...nowhere, file: world.configFile, isNamed: true }
    for (const word of ['cosmoshub', 'Cosmos Hub', 'mine', 'COSMOSHUB-4'])
      expect((await chainsToCheck([word], config)).chains).toMatchObject([
        { name: 'Mine', rest: [{ url: mine.rest[0] }] },
      ])
    await expect(chainsToCheck(['alpha-2'], config)).rejects.toThrow(
      /; did you mean alpha-1\? Known: cosmoshub-4, alpha-1/,
    )
  })

  it('says of a chain of the registry that cannot be asked why, and reads the others', async () => {
    const { chains, unwatched } = await chainsToCheck(['penumbra', 'umee', 'Juno'], nowhere)
    expect(chains).toMatchObject([{ chainId: 'juno-1' }])
    expect(unwatched).toMatchObject([
      { place: 'chain registry', chainId: 'penumbra', reason: expect.stringContaining('no Cosmos REST') },
      { place: 'chain registry', chainId: 'umee', reason: expect.stringContaining('has left') },
    ])
  })

  it.each([
    ['cosmohub', /^"cosmohub" is neither a name nor .*; did you mean cosmoshub\? .*check https:\/\/…$/],
    ['no-such-chain-at-all', /\(not in the copy of 16 Aug 2026\)\. A chain that is not registered/],
    ['luna', /did you mean terra2\?/],
    ['osmo', /did you mean osmosis\?/],
    ['dogecoin', /"dogecoin" is not a Cosmos chain/],
    ['arkeo', /^"arkeo" may be .* write arkeonetworktestnet or arkeo-main-v1\.$/],
    ['NYM', /^"NYM" may be .* write sandbox or nyx\.$/],
    ['ftp://lcd.example.org/apikey/KEY', /^ftp:\/\/lcd\.example\.org: not a REST address such as https:/],
    ['', /must not be empty/],
  ])('refuses %j with a sentence that says what to do', async (word, says) => {
    await expect(chainsToCheck([word], nowhere)).rejects.toThrow(says)
  })

  it('asks for a configuration, or for a name, where nothing is named', async () => {
    const { code, err } = await check()
    expect(code).toBe(2)
    expect(err).toMatch(/There is no configuration at .*ibc-monitor check cosmoshub/)
  })
})
