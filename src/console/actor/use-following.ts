/** What is read from the API and read again when something it depends on has changed, but not all the time. */
import { useEffect, useRef } from 'react'
import type { Query } from '../api/api.js'
import { type Resource, useResource } from '../api/resource.js'

const EVERY_MS = 500

/** `version`: another value means that it may have changed. */
export function useFollowing<T>(
  route: string | undefined,
  query: Query,
  version: unknown,
  everyMs = EVERY_MS,
): Resource<T> {
  const resource = useResource<T>(route, query)
  const { reload } = resource
  const known = useRef({ version, atMs: 0 })
  useEffect(() => {
    if (known.current.version === version) return
    const waitMs = Math.max(0, known.current.atMs + everyMs - Date.now())
    const timer = window.setTimeout(() => {
      known.current = { version, atMs: Date.now() }
      reload()
    }, waitMs)
    return () => window.clearTimeout(timer)
  }, [version, everyMs, reload])
  return resource
}
