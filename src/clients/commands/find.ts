// Finds what a person means by a chain or a client, and says what they may have meant when there is no such thing.

import type { Directory } from '../../chains/directory.ts'
import { chainOrRefuse, completeChain } from '../../chains/find.ts'
import { chainsMeant } from '../../chains/names.ts'
import type { Call } from '../../discord/command.ts'
import { Refusal } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'
import { code, label, someLines } from '../../words/text.ts'
import type { ClientStore } from '../store.ts'
import type { ClientRow } from '../types.ts'
import { clientLabel } from '../words.ts'

export { chainOrRefuse, completeChain }

/** How many alternatives a refusal lists. */
const CHOICES = 12

/**
 * The client that somebody typed: `07-tendermint-1`, with its chain where more than one has it, or
 * `osmosis-1/07-tendermint-1`. Chain and client may be swapped.
 * @throws {Refusal} with the choices, or with what is near
 */
export function clientOrRefuse(
  deps: { store: Pick<ClientStore, 'client' | 'clients'>; directory: Directory },
  typed: { client: string; chain?: string },
  show: Call['show'],
): ClientRow {
  const { store, directory } = deps
  const among = directory.known()
  const swapped = typed.chain !== undefined && chainsMeant(among, typed.client).length > 0
  const [word, place] = swapped ? [typed.chain!, typed.client] : [typed.client, typed.chain]
  const slash = /^(.+)\/([^/]+)$/.exec(word.trim())
  const clientId = (slash && place === undefined ? slash[2]! : word).trim()
  const known = (chainId: string) =>
    store.client(chainId, clientId) ?? store.client(chainId, clientId.toLowerCase())
  const chainWord = place ?? slash?.[1]
  if (chainWord !== undefined) {
    const { chainId } = chainOrRefuse(directory, chainWord, { among })
    const row = known(chainId)
    if (row) return row
    throw new Refusal(unknownClient(deps, clientId, chainId, show))
  }
  const rows = among.flatMap(({ chainId }) => known(chainId) ?? [])
  if (rows.length === 1) return rows[0]!
  if (rows.length === 0) throw new Refusal(unknownClient(deps, clientId, null, show))
  const choices = rows.map(
    (row) =>
      `\`${show(`client ${label(row.clientId)} ${label(row.chainId)}`)}\` ${clientLabel(row, directory)}`,
  )
  const many = `${code(clientId, 60)} is there on ${rows.length} chains. Say which one:`
  throw new Refusal([many, ...someLines(choices, CHOICES)].join('\n'))
}

function unknownClient(
  deps: { store: Pick<ClientStore, 'clients'>; directory: Directory },
  clientId: string,
  chainId: string | null,
  show: Call['show'],
): string {
  const { store, directory } = deps
  const chains = chainId === null ? directory.known().map((chain) => chain.chainId) : [chainId]
  const where = chainId === null ? '' : ` on ${directory.label(chainId)}`
  const rows = chains.flatMap((id) => store.clients(id))
  if (rows.length === 0)
    return `There is no client ${code(clientId, 60)}${where}: none has been read there yet. See \`${show('status')}\`.`
  const liveFirst = rows.toSorted((a, b) => Number(a.attention === 'idle') - Number(b.attention === 'idle'))
  const near = nearest(clientId, liveFirst, { namesOf: (row) => [row.clientId] }).slice(0, 5)
  const list = show(chainId === null ? 'data' : `data ${label(chainId)}`)
  return [
    `There is no client ${code(clientId, 60)}${where}.${near.length > 0 ? ' The nearest:' : ''}`,
    ...near.map(
      (row) =>
        `\`${show(`client ${label(row.clientId)} ${label(row.chainId)}`)}\` ${clientLabel(row, directory)}`,
    ),
    `\`${list}\` lists all.`,
  ].join('\n')
}

/** Completion for a client: its chain and id in one word. */
export function completeClient(
  deps: { store: Pick<ClientStore, 'clients'>; directory: Directory },
  typed: string,
): { name: string; value: string }[] {
  const { store, directory } = deps
  const wanted = typed.trim().toLowerCase()
  const found: { name: string; value: string }[] = []
  for (const { chainId } of directory.known()) {
    for (const row of store.clients(chainId)) {
      const value = `${chainId}/${row.clientId}`
      if (value.length > 100 || !value.toLowerCase().includes(wanted)) continue
      found.push({ name: clientLabel(row, directory).slice(0, 100), value })
      if (found.length >= 25) return found
    }
  }
  return found
}
