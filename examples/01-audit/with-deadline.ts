/**
 * What `work` resolves with, if it does so within `ms` and before `stop` is aborted. Rejects with code `TIMEOUT`, or with the
 * reason of `stop`, at once: work that does not heed its signal is left behind.
 */
export async function withDeadline<T>(
  ms: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const signal = AbortSignal.any([stop, late.signal])
  const timer = setTimeout(() => late.abort(Object.assign(new Error('It took too long.'), { code: 'TIMEOUT' })), ms)
  let end = (): void => undefined
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
  })
  try {
    stop.throwIfAborted()
    return await Promise.race([work(signal), ended])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
