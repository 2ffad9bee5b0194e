// In a thread of its own: reads a configuration file, with all that it imports, as it is now, and hands it over.
import { parentPort, workerData } from 'node:worker_threads'

// `import 'tsx'` does its work in the main thread alone.
if (!process.features.typescript) (await import('tsx/esm/api')).register()
const { readConfig } = await import('./index.ts')
try {
  parentPort?.postMessage({ config: await readConfig(workerData) })
} catch (error) {
  parentPort?.postMessage({ problem: error instanceof Error ? error.message : String(error) })
}
