/** Agents asleep on a timer of Node that sends them a message: nact has no timers for that. */
import { dispatch, type Ref, spawn, start, stop } from 'nact'
import { collectGarbage } from '../../harness/rounds.js'
import type { SleepService } from '../works/sleep.js'

interface Wake {
  readonly type: 'WAKE'
}

export async function openSleep(): Promise<SleepService> {
  const system = start()
  const woken = { count: 0, lastAt: 0 }
  const wake = (): string => {
    woken.count++
    woken.lastAt = Date.now()
    return 'awake'
  }
  const putToSleep = (n: number, dueAt: number): void => {
    const ref: Ref<Wake> = spawn(system, wake, `sleeper-${n}`, { initialState: 'asleep' })
    setTimeout(() => dispatch(ref, { type: 'WAKE' }), dueAt - Date.now())
  }
  return {
    calls: {
      async sleep({ from, count, dueAt }) {
        for (let n = from; n < from + count; n++) putToSleep(n, dueAt)
      },
      woken: () => woken,
      rest: collectGarbage,
    },
    async [Symbol.asyncDispose]() {
      stop(system)
    },
  }
}
