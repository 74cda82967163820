/** What a view reads from the API: loaded at once, kept while it loads again, reloaded when it has changed. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { useConsole } from '../app/console-context.js'
import type { Query } from './api.js'
import { type ApiError, asApiError } from './api-error.js'

export interface Resource<T> {
  /** The last answer to this very request; undefined before the first. */
  readonly data: T | undefined
  readonly problem: ApiError | undefined
  readonly isLoading: boolean
  reload(): void
}

interface Loaded<T> {
  readonly key: string
  readonly data?: T
  readonly problem?: ApiError
}

/** `route` undefined: nothing is asked. */
export function useResource<T>(route: string | undefined, query: Query = {}): Resource<T> {
  const { api } = useConsole()
  const key = route === undefined ? '' : api.urlOf(route, query).href
  const [loaded, setLoaded] = useState<Loaded<T>>({ key: '' })
  const [isLoading, setIsLoading] = useState(false)
  const [round, setRound] = useState(0)
  const asked = useRef({ route, query })
  asked.current = { route, query }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for route and query; a new round asks again.
  useEffect(() => {
    const { route, query } = asked.current
    if (route === undefined) return
    const abort = new AbortController()
    setIsLoading(true)
    api
      .get<T>(route, query, abort.signal)
      .then((data) => setLoaded({ key, data }))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return
        const problem = asApiError(error)
        setLoaded((before) =>
          before.key === key && before.data !== undefined ? { ...before, problem } : { key, problem },
        )
      })
      .finally(() => {
        if (!abort.signal.aborted) setIsLoading(false)
      })
    return () => abort.abort()
  }, [api, key, round])

  const reload = useCallback(() => setRound((before) => before + 1), [])
  const isOfKey = loaded.key === key
  return { data: isOfKey ? loaded.data : undefined, problem: isOfKey ? loaded.problem : undefined, isLoading, reload }
}
