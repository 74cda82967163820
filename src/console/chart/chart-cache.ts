/** Charts that have been fetched: a definition's hash stands for the same chart for ever. */
import { useEffect, useState } from 'react'
import type { ToldChart } from '../../control/protocol/chart.js'
import type { Api } from '../api/api.js'
import { type ApiError, asApiError } from '../api/api-error.js'
import { useConsole } from '../app/console-context.js'
import { type ChartModel, chartModel } from './chart-model.js'

export interface FetchedChart {
  readonly model: ChartModel | undefined
  readonly problem: ApiError | undefined
  readonly retry: () => void
}

/** Those of each connection to a node. */
const charts = new WeakMap<Api, Map<string, Promise<ChartModel>>>()

/** `hash` undefined: none is wanted. */
export function useChart(hash: string | undefined): FetchedChart {
  const { api } = useConsole()
  const [round, setRound] = useState(0)
  const [loaded, setLoaded] = useState<{ hash?: string; model?: ChartModel; problem?: ApiError }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again.
  useEffect(() => {
    if (hash === undefined) return
    let isWanted = true
    modelOf(api, hash).then(
      (model) => isWanted && setLoaded({ hash, model }),
      (error: unknown) => isWanted && setLoaded({ hash, problem: asApiError(error) }),
    )
    return () => {
      isWanted = false
    }
  }, [api, hash, round])
  const isOfHash = loaded.hash === hash
  return {
    model: isOfHash ? loaded.model : undefined,
    problem: isOfHash ? loaded.problem : undefined,
    retry: () => setRound((before) => before + 1),
  }
}

function modelOf(api: Api, hash: string): Promise<ChartModel> {
  const known = charts.get(api) ?? new Map<string, Promise<ChartModel>>()
  charts.set(api, known)
  const there = known.get(hash)
  if (there !== undefined) return there
  const fetching = api.get<ToldChart>('machines/chart', { hash }).then(chartModel)
  known.set(hash, fetching)
  fetching.catch(() => known.delete(hash))
  return fetching
}
