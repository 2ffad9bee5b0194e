// Connections that are only made to addresses which a guard lets through, judged when the connection is made.
import { ADDRCONFIG, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { inLanes, type Resolve } from './name-lanes.ts'

/** Says why an address must not be connected to; null: it may. */
export type AddressGuard = (address: string) => string | null

/** Thrown into the connection when an address is refused. */
export class AddressRefused extends Error {
  override name = 'AddressRefused'
  readonly code = 'ADDRESS_REFUSED'
}

/** Node's own, with what it asks for by itself; one for the whole process. */
const systemResolve = inLanes((host, done) => systemLookup(host, { all: true, hints: ADDRCONFIG }, done))

/**
 * An undici connector. A name is resolved once for each connection, all of its addresses are judged, and one of those
 * very addresses is connected to: a name that resolves to another address meanwhile (DNS rebinding) changes nothing.
 */
export function guardedConnector(
  guard: AddressGuard,
  options: { timeoutMs: number; resolve?: Resolve },
): buildConnector.connector {
  const resolve = options.resolve ?? systemResolve
  const refusal = (address: string): AddressRefused | null => {
    const reason = guard(address)
    return reason === null ? null : new AddressRefused(`${address} is ${reason}`)
  }
  const lookup: LookupFunction = (host, wanted, done) =>
    resolve(host, (error, addresses) => {
      if (error) return done(error, [])
      for (const { address } of addresses) {
        const refused = refusal(address)
        if (refused) return done(refused, [])
      }
      const first = addresses[0]
      if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), [])
      if (wanted.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  const connect = buildConnector({ timeout: options.timeoutMs, lookup } as buildConnector.BuildOptions)
  return (to, done) => {
    // An address in the place of a name is not looked up, so it is judged here.
    const host = to.hostname.replace(/^\[|\]$/g, '')
    const refused = isIP(host) ? refusal(host) : null
    if (refused) return done(refused, null)
    connect(to, (error, socket) => {
      if (error) return done(error, null)
      const reached = refusal(socket.remoteAddress ?? '')
      if (!reached) return done(null, socket)
      socket.destroy()
      done(reached, null)
    })
  }
}
