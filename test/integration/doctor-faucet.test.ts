// What the doctor finds of a faucet.
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

  it('tells a server that does not answer', async () => {
    const one = await withFaucet()
    await faucet.close()
    expect(linesOf(await one.run()).at(-1)).toBe(
      'warning ligate-devnet (cosmjs): its server does not tell its state',
    )
    await faucet.listen()
  })
})
