import type { Promised } from '../peer.js'

/** Where what an answer tells is kept, in the words of every report. */
export const KEPT: Readonly<Record<Promised, string>> = {
  durable: 'on disk',
  tearable: 'may tear',
  written: 'by the system',
  memory: 'in memory',
}
