/** A virtual object that throws at a question: the server asks again by its retry policy, and it answers the same question. */
import { type ObjectContext, object, type RetryPolicy } from '@restatedev/restate-sdk'
import { type FailureService, failing } from '../works/failure.js'
import { type Reached, served } from './endpoint.js'

/** At once, where the default is after 0.5 s; and at once again. */
const RETRY: RetryPolicy = { initialInterval: 0, maxInterval: 0, exponentiationFactor: 1 }

export async function openFailure(reached: Reached): Promise<FailureService> {
  const fault = new Fault()
  const ingress = await served(reached, [fragile(fault)])
  let n = 0
  const fail = async (): Promise<number> => {
    fault.isDue = true
    await ingress.call('fragile/one/ask', n++)
    return performance.now() - fault.thrownAt
  }
  return {
    calls: {
      async fail(failures) {
        await ingress.call('fragile/one/ask', n++)
        return await failing(failures, fail)
      },
    },
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}

class Fault {
  isDue = false
  thrownAt = 0

  throwIfDue(): void {
    if (!this.isDue) return
    this.isDue = false
    this.thrownAt = performance.now()
    throw new Error('out of order')
  }
}

function fragile(fault: Fault) {
  return object({
    name: 'fragile',
    handlers: {
      async ask(ctx: ObjectContext, question: number): Promise<number> {
        fault.throwIfDue()
        ctx.set('last', question)
        return question
      },
    },
    options: { retryPolicy: RETRY },
  })
}
