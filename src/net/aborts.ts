// Listening to one AbortSignal with thousands of requests.

/** Many requests listen to one signal, and an EventTarget is slow with many listeners: one per signal is enough. */
const bySignal = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls `run` when `signal` aborts, at once where it has. Returns a function that stops listening. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) {
    run()
    return () => {}
  }
  const listeners = bySignal.get(signal) ?? new Set()
  if (!bySignal.has(signal)) {
    bySignal.set(signal, listeners)
    signal.addEventListener('abort', () => {
      for (const listener of [...listeners]) listener()
    })
  }
  listeners.add(run)
  return () => listeners.delete(run)
}

/** What `work` gives; undefined where `signal` aborts before. */
export function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => resolve(undefined))
    work.then(resolve, reject).finally(stopListening)
  })
}
