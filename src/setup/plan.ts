// What an import is about to write: a configuration with comments, secrets, rows, and notes for the person.
import type { ConfigInput } from '../config/schema.ts'
import type { Registration } from '../wallets/types.ts'

/** One chain of a configuration, written out. */
export type ChainInput = Exclude<ConfigInput['chains'][number], string>

/**
 * Comments by path (`alerts.warnAt`, `chains[2]`, `chains[2].rest[0]`): `before` as lines of their own, `after` at the
 * end of the line. `chains[]` (before) stands at the end of a list.
 */
export type Comments = Record<string, { before?: string[]; after?: string }>

/**
 * Something to tell. `brought`: it is there now; `changed`: there, but not as it was, or worth a look; `left`: it
 * could not be brought, and why.
 */
export interface Note {
  kind: 'brought' | 'changed' | 'left'
  text: string
}

/** What an import tells: notes for the person, and comments for the file that it writes. */
export class ImportReport {
  readonly notes: Note[] = []
  readonly comments: Comments = {}

  brought = (text: string) => void this.notes.push({ kind: 'brought', text })
  changed = (text: string) => void this.notes.push({ kind: 'changed', text })
  left = (text: string) => void this.notes.push({ kind: 'left', text })
}

/** A wallet that somebody is told about. */
export interface ImportedWallet extends Omit<Registration, 'createdMs'> {
  /** For people: "2.5 ATOM". */
  thresholdText: string
}

/** A client that was known as expired before. */
export interface ImportedExpired {
  chainId: string
  clientId: string
}

export interface Imported {
  /** For the head of config.ts: "the files of IBC-Client-Monitor". */
  source: string
  config: ConfigInput
  comments: Comments
  /** Secrets by their environment name. */
  env: Record<string, string>
  wallets: ImportedWallet[]
  expired: ImportedExpired[]
  notes: Note[]
  /** Chains without a REST endpoint: lines for a person to fill in. */
  toFillIn?: ChainInput[]
}
