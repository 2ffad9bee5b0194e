// What the doctor finds of a faucet.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type FaucetServer, startFaucetServer } from '../../sandbox/faucet/server.ts'
import type { Patient } from '../support/doctor.ts'
import { closePatients, patient } from '../support/patients.ts'

afterEach(closePatients)

describe('faucet', () => {
  let faucet: FaucetServer
  afterEach(() => faucet.close())

  async function withFaucet(): Promise<Patient> {
    faucet = await startFaucetServer()
    const one = await patient()
    one.config.faucet = {
      chain: 'ligate-devnet',
      channels: [one.discord.addChannel('faucet').id],
      auditChannel: one.discord.addChannel('audit').id,
      address: { prefix: 'cosmos' },
      sender: { kind: 'cosmjs', url: faucet.url, denom: 'utest', token: 'FAUCET_TOKEN' },
    }
    one.env.FAUCET_TOKEN = 'sandbox-faucet-secret'
    return one
  }
  const linesOf = ({ findings }: Awaited<ReturnType<Patient['run']>>) =>
    findings
      .filter(({ area }) => area === 'faucet')
      .map(({ level, subject, text }) => `${level} ${subject}: ${text}`)

  it('is well: its channels are there, its server answers, and nothing is paid', async () => {
    const one = await withFaucet()
    const found = await one.run()
    expect(linesOf(found)).toEqual([
      'ok channel #faucet: tokens are paid there',
      'ok channel #audit: the bot may write there',
      expect.stringMatching(/^ok ligate-devnet \(cosmjs\): answers, has [\d,]+ utest$/),
    ])
    expect(found.code).toBe(0)
    expect(found.text).toContain('\nFaucet\n  ok ')
    expect(faucet.requests.every(({ method }) => method === 'GET')).toBe(true)
  })

  it('tells a missing secret, a channel that is not there, and a dry faucet', async () => {
    const one = await withFaucet()
    one.env.FAUCET_TOKEN = ''
    one.config.faucet = { ...(one.config.faucet as object), channels: ['972778865355272199'] } as never
    faucet.world.balance = 0n
    const found = await one.run()
    expect(linesOf(found)).toEqual([
      'wrong channel 972778865355272199: there is no such channel',
      'ok channel #audit: the bot may write there',
      'wrong faucet.sender.token: FAUCET_TOKEN is not set; put it into the environment, .env, a systemd credential, or FAUCET_TOKEN_FILE',
      'wrong ligate-devnet (cosmjs): it has nothing left to pay with',
    ])
    expect(found.code).toBe(1)
  })

  it('asks for a transaction that does not exist: only "there is none" says that payments can be looked up', async () => {
    let answer: [number, string] = [200, '']
    const asked: string[] = []
    const node = createServer((request, response) => {
      asked.push(request.url!)
      response.writeHead(answer[0]).end(answer[1])
    })
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
    const at = `http://127.0.0.1:${(node.address() as AddressInfo).port}`
    const one = await withFaucet()
    const cosmos = {
      kind: 'http',
      url: faucet.url,
      hash: 'hash',
      lookup: { kind: 'cosmos', url: `${at}/txs/{hash}` },
    }
    one.config.faucet = { ...(one.config.faucet as object), sender: cosmos } as never
    const found = async (status: number, body: string) => {
      answer = [status, body]
      return linesOf(await one.run()).at(-1)
    }
    try {
      const good = 'ok ligate-devnet (http): its transactions can be looked up'
      expect(await found(404, '{"code":5,"message":"tx not found"}')).toBe(good)
      expect(await found(400, '{"code":3,"message":"tx (AB) not found"}')).toBe(good)
      const no = 'warning ligate-devnet (http): its transactions cannot be looked up: '
      expect(await found(500, '{"code":2,"message":"transaction indexing is disabled"}')).toBe(
        `${no}500: transaction indexing is disabled`,
      )
      expect(await found(501, '{"code":12,"message":"Not Implemented"}')).toBe(`${no}501: Not Implemented`)
      expect(await found(200, '<!doctype html><title>An explorer</title>')).toBe(
        `${no}200: a web page, "An explorer"`,
      )
      expect(await found(403, `\u001b[31m${'no '.repeat(200)}`)).toMatch(/: 403: \[31mno no .{0,200}$/)
      expect(await found(200, '{"tx_response":{"code":0,"height":"7"}}')).toBe(
        'warning ligate-devnet (http): the look-up says that a transaction is there which I made up',
      )
      expect(new Set(asked).size).toBe(1)
      expect(asked[0]).toMatch(/^\/txs\/[0-9A-F]{64}$/)
      const own = { kind: 'ligate-v1', url: faucet.url }
      one.config.faucet = { ...(one.config.faucet as object), sender: own } as never
      expect(linesOf(await one.run()).slice(-2)).toEqual([
        'ok ligate-devnet (ligate-v1): answers, pays 100 LGT',
        'ok ligate-devnet (ligate-v1): its transactions can be looked up',
      ])
      expect(faucet.requests.every(({ method }) => method === 'GET')).toBe(true)
    } finally {
      node.close()
    }
  })

  it('tells a server that does not answer', async () => {
    const one = await withFaucet()
    await faucet.close()
    expect(linesOf(await one.run()).at(-1)).toBe(
      'warning ligate-devnet (cosmjs): its server does not tell its state',
    )
    await faucet.listen()
  })
})
