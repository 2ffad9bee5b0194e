// How much garbage the process may keep.
import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap grow by two thirds of what is in use, not by a multiple of it, before it is collected: a bot that waits most
 * of the time does not hold what its last sweep dropped. Costs about a tenth more CPU in a sweep.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=66')
}
