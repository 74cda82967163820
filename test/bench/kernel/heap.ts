import { collectGarbage } from '../harness/rounds.js'

/** Bytes in use after a forced collection: JavaScript's heap and what it holds outside. */
export function heapUsed(): number {
  // Twice: the first runs finalizers, the second frees what they held.
  collectGarbage()
  collectGarbage()
  const { heapUsed: inside, external } = process.memoryUsage()
  return inside + external
}
