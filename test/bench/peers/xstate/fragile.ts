import { restartingByHand } from '../../supervision/by-hand.js'
import { type FailureService, failing } from '../works/failure.js'

/** A plain actor that throws: an error observer starts the next one and sends the event again. */
export async function openFailure(): Promise<FailureService> {
  const restartMs = restartingByHand()
  return {
    calls: { fail: (failures) => failing(failures, restartMs) },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
