// Where a command of the command line writes: for people, and for programs.

export interface Io {
  /** For programs, and for people when it is a terminal. */
  out: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** For people. */
  err: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  env: NodeJS.ProcessEnv
}

/** The stream for people: the terminal on stdout, or stderr when stdout goes to a program or a file. */
export const peopleStream = (io: Io): Io['out'] => (io.out.isTTY ? io.out : io.err)

/** Whether colours are wanted on a stream: a terminal, and no NO_COLOR. */
export const wantsColour = (io: Io, stream: Io['out']): boolean => Boolean(stream.isTTY) && !io.env.NO_COLOR
