/** The word on the command line that is an event: its type, or JSON. */
import { refusal } from '../../supervision/refusal.js'

/** Throws `OPTIONS_INVALID`. */
export function eventOf(word: string): unknown {
  if (!word.trimStart().startsWith('{')) return { type: word }
  try {
    return JSON.parse(word)
  } catch (error) {
    throw refusal('event', `is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
