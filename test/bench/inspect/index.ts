import type { Bench } from '../harness/bench.js'
import { bytes } from './bytes.js'
import { slowViewer } from './slow-viewer.js'
import { unwatched } from './unwatched.js'
import { watched } from './watched.js'

/** The rows of seeing it: what it costs that somebody could look, that somebody does, and that he is slow. */
export const inspect: readonly Bench[] = [...unwatched, ...watched, ...slowViewer, ...bytes]
