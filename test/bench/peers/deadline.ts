/** The end of a wait for what may never come. */

/** What the work resolves with; rejects if that takes longer. The work itself goes on: whoever waits for it ends it. */
export async function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  let timeout: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`${what}: not done after ${ms / 1_000} s`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timeout)
  }
}
