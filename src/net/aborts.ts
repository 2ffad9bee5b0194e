// Listening to one AbortSignal with thousands of requests.

export interface AbortListeners {
  /** Calls `run` when `signal` aborts, at once where it has. Returns a function that stops listening. */
  add(signal: AbortSignal, run: () => void): () => void
}

/** Many requests listen to one signal, and an EventTarget is slow with many listeners: one per signal is enough. */
export function createAbortListeners(): AbortListeners {
  const bySignal = new WeakMap<AbortSignal, Set<() => void>>()
  return {
    add(signal: AbortSignal, run: () => void): () => void {
      if (signal.aborted) {
        run()
        return () => {}
      }
      let listeners = bySignal.get(signal)
      if (!listeners) {
        const created = new Set<() => void>()
        listeners = created
        bySignal.set(signal, created)
        signal.addEventListener('abort', () => {
          for (const listener of [...created]) listener()
        })
      }
      const own = listeners
      own.add(run)
      return () => own.delete(run)
    },
  }
}
