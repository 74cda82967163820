/** Where in the form a node's refusal belongs. */
import type { ApiError } from '../../api/api-error.js'
import type { Complaint } from './draft.js'

/** `details.field` is `event.items.0.name`: the way from the request's body. */
export function refusalOf({ message, details }: Pick<ApiError, 'message' | 'details'>): Complaint {
  const { field } = details
  if (typeof field !== 'string' || !/^event(?:\.|$)/.test(field)) return { at: '', message }
  const prefix = `${field}: `
  return {
    at: field.slice('event.'.length),
    message: message.startsWith(prefix) ? message.slice(prefix.length) : message,
  }
}
