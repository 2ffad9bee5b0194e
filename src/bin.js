#!/usr/bin/env node
// The executable: loads TypeScript in this one process (tsx), then hands over to main.ts.
import 'tsx'

const { main } = await import('./main.ts')
await main(process.argv)
