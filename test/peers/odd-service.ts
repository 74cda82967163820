/** What the tests open in a second process: it answers, never answers, or doesn't open. */
export async function openOdd(): Promise<AsyncDisposable & { readonly calls: object }> {
  const calls = {
    echo: (text: string) => text,
    never: () => new Promise(() => setInterval(() => undefined, 1_000)),
    refuse: () => Promise.reject(new Error('refused')),
  }
  return { calls, async [Symbol.asyncDispose]() {} }
}

/** Tells its process before it fails. */
export async function openFailing(): Promise<never> {
  throw new Error(`process ${process.pid} does not open`)
}

export async function openNever(): Promise<never> {
  return await new Promise(() => setInterval(() => undefined, 1_000))
}
