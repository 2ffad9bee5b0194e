// A payment that stays unknown, and a database that fails around it: looked for, told, never paid twice.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import { ligAddress, NOW_MS, person } from '../support/faucet.ts'
import { bench, clockOf, posts, setUp } from '../support/faucet-drip.ts'

beforeEach(setUp)
afterEach(() => bench.close())

describe('what stays unknown', () => {
  it('is resolved by its hash, and the answer is edited', async () => {
    bench.server.fault = () => 'late-502'
    const seen = await bench.drip(person(), ligAddress(1))
    const { hash } = bench.server.world.paid[0]!
    expect(seen.text).toContain(hash)
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: hash }])
    expect(bench.edits).toHaveLength(1)
    expect(bench.edits[0]!.text).toContain(`💧 Sent tokens to \`${ligAddress(1)}\``)
    expect(bench.dms).toEqual([])
  })

  it('is told by direct message when the answer can no longer be changed, once', async () => {
    const who = person()
    bench.server.fault = () => 'late-502'
    bench.server.world.hiddenForMs = HOUR_MS
    await bench.drip(who, ligAddress(1))
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', checks: 1 }])
    clockOf(bench).set(NOW_MS + HOUR_MS)
    await bench.room.tick()
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent' }])
    expect(bench.edits).toEqual([])
    expect(bench.dms).toHaveLength(1)
    expect(bench.dms[0]!.userId).toBe(who.userId)
  })

  it('is looked for ever more seldom, for a week, and then left to the moderators', async () => {
    bench.server.fault = () => 'lost-502'
    await bench.drip(person(), ligAddress(1))
    const lookups = () => bench.server.requests.filter(({ path }) => path.startsWith('/v1/txs/')).length
    const lookedUpBy = async (ms: number) => {
      clockOf(bench).set(NOW_MS + ms)
      await bench.room.tick()
      return lookups()
    }
    expect(await lookedUpBy(0)).toBe(1)
    expect(await lookedUpBy(14_999)).toBe(1)
    expect(await lookedUpBy(15_000)).toBe(2)
    expect(await lookedUpBy(44_999)).toBe(2)
    expect(await lookedUpBy(45_000)).toBe(3)
    expect(await lookedUpBy(7 * DAY_MS)).toBe(4)
    expect(await lookedUpBy(7 * DAY_MS + HOUR_MS)).toBe(4)
    expect(await lookedUpBy(30 * DAY_MS)).toBe(4)
    expect(bench.rows()).toMatchObject([{ status: 'unknown', next_check_ms: null }])
  })

  it('gives the allowance back when the transaction turns out to have reverted', async () => {
    const who = person()
    bench.server.fault = () => 'late-502'
    bench.server.world.reverting = true
    await bench.drip(who, ligAddress(1))
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'failed', cause: 'reverted' }])
    bench.server.fault = () => null
    bench.server.world.reverting = false
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
  })

  it('a reserved row found at the start becomes unknown, never a refund, and the user is told', async () => {
    const who = person()
    bench.server.fault = () => 'hang-after'
    const lost = bench.drip(who, ligAddress(1))
    while (bench.server.world.paid.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(bench.rows()).toMatchObject([{ status: 'reserved' }])
    const dead = bench.room
    bench.restart()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
    expect((await bench.drip(who, ligAddress(2))).text).toContain('may have been paid')
    await bench.room.tick()
    expect(bench.dms.at(-1)!.text).toContain('I was restarted while the faucet was working')
    await dead.stop(0)
    await lost
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
  })
})

describe('a database that fails', () => {
  /** Makes writes of this kind fail, as a full disk would. Returns a function that mends it. */
  const breakIt = (event: 'INSERT ON drips' | 'UPDATE ON drips' | 'INSERT ON faucet_audit') => {
    const { sql } = bench.database
    sql.exec(
      `CREATE TRIGGER broken BEFORE ${event} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    return () => sql.exec('DROP TRIGGER broken')
  }

  it('while reserving: nothing is sent, nothing is used up, and the next one is served', async () => {
    for (const event of ['INSERT ON drips', 'INSERT ON faucet_audit'] as const) {
      const mend = breakIt(event)
      for (let n = 0; n < 5; n++)
        await expect(bench.drip(person(), ligAddress(n))).rejects.toThrow('disk is full')
      expect(posts()).toEqual([])
      mend()
    }
    expect(bench.rows()).toEqual([])
    expect((await bench.drip(person(), ligAddress(1))).text).toContain('Sent 100 LGT')
  })

  it('while settling: the user is told, and it is written as soon as it can be', async () => {
    const who = person()
    const mend = breakIt('UPDATE ON drips')
    expect((await bench.drip(who, ligAddress(1))).text).toContain('Sent 100 LGT')
    expect(bench.rows()).toMatchObject([{ status: 'reserved' }])
    await bench.room.tick()
    expect((await bench.drip(who, ligAddress(2))).text).toContain('is being worked on')
    mend()
    await bench.room.tick()
    expect(bench.rows()).toMatchObject([{ status: 'sent', tx_hash: bench.server.world.paid[0]!.hash }])
    expect((await bench.drip(who, ligAddress(2))).text).toContain('you had tokens')
    expect(bench.server.world.paid).toHaveLength(1)
  })

  it('while settling, and the process ends: unknown at the next start', async () => {
    const mend = breakIt('UPDATE ON drips')
    await bench.drip(person(), ligAddress(1))
    mend()
    bench.restart()
    expect(bench.rows()).toMatchObject([{ status: 'unknown', cause: 'restart' }])
  })

  it('while refusing: the user is refused all the same', async () => {
    breakIt('INSERT ON faucet_audit')
    expect((await bench.drip(person({ pending: true }), ligAddress(1))).text).toContain('screening')
  })
})
