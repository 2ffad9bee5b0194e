// What the doctor finds in the configuration: problems, chains, files, wallets and their tokens.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { lookAtConfig } from '../../src/cli/doctor/config.ts'
import { closePatients, patient } from '../support/patients.ts'
import { address } from '../support/wallets.ts'

afterEach(closePatients)

describe('configuration', () => {
  it('gives every problem a line, looks at the machine all the same, and exits with 2', async () => {
    const one = await patient()
    one.configText = JSON.stringify({
      discord: { prefx: '$' },
      chains: [{ chainId: 'host-1', rest: ['lcd.example.org'], alerts: { warnAt: 80 } }],
    })
    const { code, ok, findings } = await one.run()
    expect([code, ok]).toEqual([2, false])
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong.map(({ subject }) => subject).sort()).toEqual([
      'chains[0].alerts.warnAt',
      'chains[0].rest[0]',
      'discord.prefx',
    ])
    expect(findings.some(({ area }) => area === 'machine')).toBe(true)
    expect(findings.some(({ area }) => area === 'discord')).toBe(false)
  })

  it('is wrong for a chain that cannot be watched, says what to write, and looks at the others', async () => {
    const one = await patient()
    one.config = { ...one.config, chains: ['left-the-registry', ...one.config.chains] }
    const { code, of, text } = await one.run()
    expect(code).toBe(1)
    expect(of('chains[0]')).toEqual([
      expect.objectContaining({
        level: 'wrong',
        text: expect.stringContaining('left-the-registry is not watched: "left-the-registry" is neither'),
        mend: expect.stringContaining("Write the chain out: { chainId: '…', rest: ['https://…'] }"),
      }),
    ])
    expect(of('host-1')[0]).toMatchObject({ level: 'ok', text: expect.stringContaining('2 of 2 endpoints') })
    expect(text).toContain('1 wrong')
  })

  it("says which chain an entry is whose id is another chain's name in the registry", async () => {
    const one = await patient()
    const [host, other] = one.config.chains as { chainId: string; rest: string[] }[]
    one.config = { ...one.config, chains: [{ ...host!, chainId: 'osmosis' }, other!] }
    const { code, of } = await one.run()
    expect(code).toBe(1)
    expect(of('osmosis')[0]).toMatchObject({
      level: 'wrong',
      text: expect.stringContaining('0 of 2 endpoints'),
    })
    expect(of(`osmosis ${new URL(host!.rest[0]!).host}`)[0]).toMatchObject({ text: 'serves host-1' })
  })

  it('says in one line that there is no file, or no JSON in it', async () => {
    const one = await patient()
    one.configText = '{ not json'
    const { code, findings } = await one.run()
    expect(code).toBe(2)
    expect(findings.filter(({ area }) => area === 'configuration')).toHaveLength(1)
    expect(findings[0]!.text).toContain('could not be read')
    const absent = await lookAtConfig('/nowhere/config.ts', {})
    expect(absent.findings).toMatchObject([
      { level: 'wrong', text: 'there is no such file', mend: expect.stringContaining('ibc-monitor init') },
    ])
  })

  it('warns when others can read the .env, and says which secret file cannot be read', async () => {
    const one = await patient()
    const path = join(one.folder, '.env')
    writeFileSync(path, 'LOG_LEVEL=info\n')
    chmodSync(path, 0o644)
    one.env = { ...one.env, DISCORD_TOKEN: '', DISCORD_TOKEN_FILE: join(one.folder, 'nowhere') }
    const { code, of } = await one.run()
    expect(of('.env')).toMatchObject([{ level: 'warning', mend: `Run: chmod 600 ${path}` }])
    expect(of('DISCORD_TOKEN')[0]).toMatchObject({ level: 'wrong', area: 'configuration' })
    expect(of('DISCORD_WEBHOOK_URL')[0]).toMatchObject({ level: 'ok' })
    expect(code).toBe(1)
  })

  it('says by variable and line what is cut in the .env, and what systemd would read otherwise', async () => {
    const one = await patient()
    writeFileSync(join(one.folder, '.env'), 'FAUCET_TOKEN=hunter2#hunter3\nexport LOG_LEVEL=info\n')
    const { text, of } = await one.run()
    expect(of('FAUCET_TOKEN in line 1 of .env')).toMatchObject([{ level: 'wrong' }])
    expect(of('LOG_LEVEL in line 2 of .env')).toMatchObject([{ level: 'warning' }])
    expect(text).toContain("Write FAUCET_TOKEN='…', in quotes.")
    expect(text).not.toMatch(/hunter[23]/)
  })

  it('finds addresses of wallets that are none, or of another chain', async () => {
    const one = await patient()
    const wallets = ['cosmos1qqqqqq', 'osmo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqjfakt3'].map((address) => ({
      address,
      threshold: '1',
    }))
    one.config.chains[0] = { ...(one.config.chains[0] as object), prefix: 'cosmos', wallets } as never
    const { code, of } = await one.run()
    expect(of('chains[0].wallets')).toHaveLength(2)
    expect(of('wallets[0]')).toMatchObject([{ level: 'wrong' }])
    expect(code).toBe(1)
  })
})

it.each([
  [{ alerts: { about: 'mine' } }, 1],
  [{ alerts: { about: 'mine' }, mine: ['07-tendermint-0'] }, 0],
  [{ alerts: { about: 'mine' }, connections: ['connection-0'] }, 0],
  [{ alerts: { about: 'live' } }, 0],
])('warns where alerts are about what is mine and nothing is: %j', async (more, warnings) => {
  const one = await patient()
  Object.assign(one.config.chains[0] as object, more)
  const { of } = await one.run()
  expect(of('chains[0].mine').filter(({ area }) => area === 'configuration')).toHaveLength(warnings)
})

it('names a 0x address with its bech32 form, and the account of a validator', async () => {
  const one = await patient()
  const hex = `0x${'ab'.repeat(20)}`
  const validator = address(1, 'cosmosvaloper')
  Object.assign(one.config.chains[0] as object, {
    prefix: 'cosmos',
    wallets: [hex, validator].map((address) => ({ address, threshold: '1', denom: 'uatom' })),
  })
  const { of } = await one.run()
  expect(of('wallets[0].address')[0]).toMatchObject({
    level: 'wrong',
    text: expect.stringMatching(
      /^it is a 0x address, give the bech32 form: cosmos1\S+ \(the same 20 bytes\)$/,
    ),
  })
  expect(of('wallets[1].address')[0]!.mend).toContain(`the account of the same bytes is ${address(1)}`)
})

describe('tokens of wallets', () => {
  const findings = async (denom?: string, chain: object = { chainId: 'atomone-1' }, threshold = '1') => {
    const one = await patient()
    const wallets = [{ address: address(1, 'atone'), threshold, denom }]
    const more = { rest: ['http://127.0.0.1:1'], prefix: 'atone', connections: 'none', wallets, ...chain }
    one.config.chains.push(more as never)
    return (await one.run()).of('wallets[0].')
  }
  const mend = "Write it: 'uphoton' for the fees, or 'uatone' as before."

  it('names a wallet for which another token counts than before, until its denom is written', async () => {
    const text =
      'none, so it is watched for PHOTON (uphoton), which fees are paid in; versions before took ATONE (uatone)'
    expect(await findings()).toMatchObject([{ area: 'configuration', level: 'warning', text, mend }])
    expect(await findings('uphoton')).toEqual([])
  })

  it('names one that is watched for what is staked, as `init` wrote it into `token` before', async () => {
    const token = { symbol: 'ATONE', denom: 'uatone', decimals: 6 }
    const text =
      "none, so it is watched for ATONE (uatone), the chain's `token`; fees are paid in PHOTON (uphoton)"
    expect(await findings(undefined, { chainId: 'atomone-1', token })).toMatchObject([
      { level: 'warning', text, mend },
    ])
    const other = { symbol: 'XYZ', denom: 'uxyz', decimals: 6 }
    expect(await findings(undefined, { chainId: 'atomone-1', token: other })).toEqual([])
  })

  it('finds a threshold that was one of another token: it costs its wallet alone, not the start', async () => {
    // GAS has no decimals; SCR, which was taken before, has nine.
    const found = await findings(undefined, { chainId: 'scorum-1' }, '0.5')
    expect(found.map(({ level }) => level)).toEqual(['warning', 'wrong'])
    expect(found[1]).toMatchObject({ text: '0.5 GAS has more than its 0 decimals: not watched' })
  })

  it('finds one that a contract keeps', async () => {
    expect(await findings(`cw20:${address(2, 'atone')}`)).toMatchObject([{ level: 'wrong' }])
  })
})
