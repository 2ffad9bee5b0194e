// The doctor in a local world in which nothing is wrong.
import { afterEach, describe, expect, it } from 'vitest'
import { closePatients, patient } from '../support/patients.ts'

afterEach(closePatients)

describe('a world in which nothing is wrong', () => {
  it('is ok in every line, with exit code 0', async () => {
    const { code, ok, findings, text } = await (await patient()).run()
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect([code, ok]).toEqual([0, true])
    for (const finding of findings) expect(finding.mend).toBeNull()
    expect([...new Set(findings.map(({ area }) => area))]).toEqual([
      'configuration',
      'chains',
      'discord',
      'webhook',
      'machine',
    ])
    expect(text).toContain(`${findings.length} ok, 0 to look at, 0 wrong.`)
  })

  it('changes nothing in Discord and writes nothing', async () => {
    const one = await patient()
    await one.run()
    expect(one.server.requests.every(({ method }) => method === 'GET')).toBe(true)
    expect(one.discord.messages(one.channelId)).toEqual([])
  })
})
