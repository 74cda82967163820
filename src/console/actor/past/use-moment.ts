/** An actor as it was after one record. While the next moment is fetched the last one stays. */
import { useEffect, useRef, useState } from 'react'
import type { Moment } from '../../../control/protocol/journal.js'
import type { Api } from '../../api/api.js'
import { type ApiError, asApiError } from '../../api/api-error.js'
import { useConsole } from '../../app/console-context.js'

/** Moments that are kept: back and forth costs nothing. */
const KEPT = 200

export interface ShownMoment {
  /** Perhaps still the one before. */
  readonly moment: Moment | undefined
  /** Whether it is the one that was asked for. */
  readonly isCurrent: boolean
  readonly problem: ApiError | undefined
  readonly retry: () => void
}

/** `seqNr` undefined: none is wanted. `ahead`: will be wanted next. */
export function useMoment(path: string, seqNr: number | undefined, ahead?: number): ShownMoment {
  const { api } = useConsole()
  const known = useRef(new Map<number, Promise<Moment>>())
  const [shown, setShown] = useState<{ seqNr?: number; moment?: Moment | undefined; problem?: ApiError }>({})
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again.
  useEffect(() => {
    if (seqNr === undefined) return
    let isWanted = true
    // The next step is made sooner than it could be fetched.
    if (ahead !== undefined) momentOf(api, known.current, path, ahead).catch(() => {})
    momentOf(api, known.current, path, seqNr).then(
      (moment) => isWanted && setShown({ seqNr, moment }),
      (error: unknown) => isWanted && setShown(({ moment }) => ({ seqNr, moment, problem: asApiError(error) })),
    )
    return () => {
      isWanted = false
    }
  }, [api, path, seqNr, ahead, round])
  const isCurrent = shown.seqNr === seqNr && shown.problem === undefined
  return {
    moment: seqNr === undefined ? undefined : shown.moment,
    isCurrent,
    problem: shown.seqNr === seqNr ? shown.problem : undefined,
    retry: () => setRound((before) => before + 1),
  }
}

function momentOf(api: Api, known: Map<number, Promise<Moment>>, path: string, seqNr: number): Promise<Moment> {
  const there = known.get(seqNr)
  if (there !== undefined) return there
  const fetching = api.get<Moment>('actor/moment', { path, seqNr })
  known.set(seqNr, fetching)
  fetching.catch(() => known.delete(seqNr))
  const oldest = known.keys().next()
  if (known.size > KEPT && !oldest.done) known.delete(oldest.value)
  return fetching
}
