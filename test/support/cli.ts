// Runs a function of the command line and keeps what it wrote, as a program behind pipes would see it.
import type { Io } from '../../src/kernel/io.ts'

export interface Written {
  io: Io
  out(): string
  err(): string
}

/** Streams that are no terminals. */
export function captured(): Written {
  const out: string[] = []
  const err: string[] = []
  return {
    io: { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) }, env: {} },
    out: () => out.join(''),
    err: () => err.join(''),
  }
}
