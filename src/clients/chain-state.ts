// What the watch knows of each chain between its sweeps, and whether it can be swept now.

/** The last sweep of a chain, for `$status`. */
export interface SweepNote {
  startedMs: number
  finishedMs: number | null
  clients: number
  unreadable: number
  requests: number
  gaps: string[]
  error: string | null
}

export interface ChainState {
  /** The sweep that is under way. */
  sweep: Promise<void> | null
  lastSweep: SweepNote | null
  /** Its last sweep failed, or waits for a second look: it is swept again at its next pulse. */
  isSweptSoon: boolean
  /** Its last survey found all lists. */
  surveyedWhole: boolean
  /** Client types that it allowed at its last survey; null: that is not known. */
  allowedClients: readonly string[] | null
  /** Clients that were read by themselves since its sweep began: what the sweep has of them is older. */
  readSince: Set<string>
}

export type ChainStates = ReturnType<typeof createChainStates>

export function createChainStates() {
  const states = new Map<string, ChainState>()
  return {
    of(chainId: string): ChainState {
      const known = states.get(chainId) ?? {
        sweep: null,
        lastSweep: null,
        isSweptSoon: false,
        surveyedWhole: false,
        allowedClients: null,
        readSince: new Set(),
      }
      states.set(chainId, known)
      return known
    },
    all: (): ChainState[] => [...states.values()],
  }
}
