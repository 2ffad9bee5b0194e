// The order of reading: everything once, the endangered first, whatever headers people make up.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OrderItem, readingOrder } from '../../../src/clients/order.ts'

const NOW = 1_000_000n

/** Clients of one tracked chain whose header time is its height; danger from an age of 800, over at 1000. */
const item = (id: string, height: bigint, changes: Partial<OrderItem> = {}): OrderItem => ({
  id,
  group: 'hub/4',
  height,
  dangerAgeNs: 800n,
  periodNs: 1000n,
  about: true,
  ...changes,
})

/** Reads everything, `width` at a time, and gives the ids in the order in which they were begun. */
function readAll(items: OrderItem[], timeOf: (id: string) => bigint | null, width = 1) {
  const order = readingOrder(items, [], NOW)
  const begun: string[] = []
  const underWay: string[] = []
  let urgentUntil = 0
  for (;;) {
    while (underWay.length < width) {
      const id = order.next()
      if (id === null) break
      begun.push(id)
      underWay.push(id)
    }
    const id = underWay.shift()
    if (id === undefined) break
    order.learned(id, timeOf(id))
    if (order.urgentLeft()) urgentUntil = begun.length
  }
  return { begun, urgentUntil }
}

describe('the order of reading', () => {
  const thousand = Array.from({ length: 1000 }, (_, i) => item(`c${i}`, NOW - BigInt(i) * 2n))
  const timeOf = (id: string) => thousand.find((one) => one.id === id)!.height

  it('knows the endangered after reading little more than them, not the thousand', () => {
    const endangered = thousand.filter(({ height }) => NOW - height >= 800n).length
    const few = thousand.filter(({ height }) => NOW - height < 860n)
    const { urgentUntil } = readAll(few, timeOf)
    const inDanger = few.filter(({ height }) => NOW - height >= 800n).length
    expect(endangered).toBe(600)
    expect(inDanger).toBe(30)
    expect(urgentUntil).toBeLessThanOrEqual(inDanger + 12)
  })

  it('reads those near their deadline before those beyond it', () => {
    const { begun } = readAll(thousand, timeOf)
    const position = new Map(begun.map((id, i) => [id, i]))
    const near = thousand.filter(({ height }) => NOW - height >= 800n && NOW - height < 1000n)
    const late = near.filter(({ id }) => position.get(id)! > near.length + 30)
    expect(late).toEqual([])
  })

  it('puts those that alerts are about before all others', () => {
    const idle = thousand.map((one) => item(`idle-${one.id}`, one.height, { group: 'hub/4', about: false }))
    const order = readingOrder([...idle, ...thousand.slice(0, 50)], [], NOW)
    const first = Array.from({ length: 50 }, () => order.next()!)
    expect(first.filter((id) => id.startsWith('idle-'))).toEqual([])
  })

  it('uses what is known already', () => {
    const known = [{ group: 'hub/4', height: NOW - 700n, timeNs: NOW - 700n }]
    const order = readingOrder(thousand.slice(0, 300), known, NOW)
    expect(order.urgentLeft()).toBe(false)
    expect(readingOrder(thousand.slice(0, 300), [], NOW).urgentLeft()).toBe(true)
  })

  it('gives out every client exactly once, whatever the times are', () => {
    const items = fc.array(
      fc.record({
        height: fc.bigInt(0n, 2n ** 64n),
        group: fc.constantFrom('a/1', 'a/2', 'b/1'),
        dangerAgeNs: fc.bigInt(0n, 2000n),
        periodNs: fc.bigInt(0n, 2000n),
        about: fc.boolean(),
        time: fc.option(fc.bigInt(-10n, 2n ** 70n)),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 20 }), (made, width) => {
        const all = made.map((one, i) => ({ ...one, id: `c${i}` }))
        const { begun } = readAll(all, (id) => all.find((one) => one.id === id)!.time, width)
        expect([...begun].sort()).toEqual(all.map(({ id }) => id).sort())
      }),
    )
  })

  it('calls nothing urgent-free before every endangered client was read, when times rise with height', () => {
    const heights = fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(heights, fc.integer({ min: 1, max: 16 }), (ages, width) => {
        const items = ages.map((age) => item(`c${age}`, NOW - BigInt(age)))
        const order = readingOrder(items, [], NOW)
        const read = new Set<string>()
        const underWay: string[] = []
        while (order.urgentLeft()) {
          while (underWay.length < width) {
            const id = order.next()
            if (id === null) break
            underWay.push(id)
          }
          const id = underWay.shift()!
          read.add(id)
          order.learned(id, NOW - BigInt(id.slice(1)))
        }
        expect(ages.filter((age) => age >= 800 && !read.has(`c${age}`))).toEqual([])
      }),
    )
  })
})
