/** What is no CloudEvent, or can't become one. */
import { RosciusError } from '../../core/errors.js'

/** `CLOUD_EVENT_INVALID`; `field` is the path of what is wrong, `''` for the event as a whole. */
export function cloudEventInvalid(field: string, problem: string): RosciusError {
  const where = field === '' ? '' : `${field}: `
  return new RosciusError('CLOUD_EVENT_INVALID', `CloudEvent: ${where}${problem}`, { details: { field } })
}
