/** A page of items, the newest first. A page begins after the last item of the one before, whatever has come or gone. Pure. */
import { RosciusError } from '../core/errors.js'
import { byTime } from './shelf.js'

interface Placed {
  readonly id: string
  readonly atMs: number
}

export interface PageOptions {
  readonly limit: number
  readonly after?: string | undefined
}

export function pageOf<T extends Placed>(
  entries: readonly T[],
  { limit, after }: PageOptions,
): { readonly entries: readonly T[]; readonly next: string | undefined } {
  const last = after === undefined ? undefined : placeOf(after)
  const rest = entries.filter((entry) => last === undefined || (byTime(last, entry) < 0 && entry.id !== last.id))
  const page = rest.sort(byTime).slice(0, limit)
  const end = page.at(-1)
  return { entries: page, next: end !== undefined && rest.length > page.length ? `${end.atMs}:${end.id}` : undefined }
}

function placeOf(cursor: string): Placed {
  const [, atMs, id] = /^(-?\d+(?:\.\d+)?):(.+)$/s.exec(cursor) ?? []
  if (atMs !== undefined && id !== undefined) return { atMs: Number(atMs), id }
  throw new RosciusError('OPTIONS_INVALID', 'list: after: is not the `next` of a page.', {
    details: { field: 'after' },
  })
}
