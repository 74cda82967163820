/** One call of a brain or a tool, with what goes wrong with it. */
import type { Random } from '../../core/random.js'
import { currentEffect } from '../../runtime/effect-run.js'
import { wait } from '../wait.js'
import { type CallFault, drawFault, drawMs, type ReadCallFaults } from './fault-rates.js'

/** Told of each call: `asked` with the fault that will strike it, `answered` with what came back. */
export interface CallNote {
  readonly kind: 'brain' | 'tool'
  readonly name: string
  /** Of the actor; empty outside a system. */
  readonly path: string
  readonly what: 'asked' | 'answered' | 'failed'
  readonly fault: CallFault | undefined
  /** What it was asked with, what it answered, or the error. */
  readonly value: unknown
}

export interface FaultyCall {
  readonly kind: CallNote['kind']
  readonly name: string
  readonly input: unknown
  readonly signal: AbortSignal
  readonly rates: ReadCallFaults
  readonly random: Pick<Random, 'next'>
  readonly note: (note: CallNote) => void
  /** Nonsense in place of the answer. */
  readonly nonsense: (answer: unknown) => unknown
}

/**
 * What `work` gives, unless a fault strikes. What it throws is passed on. Latency and lateness go by the system's clock: a
 * simulated system simulates them.
 */
export async function callWithFaults<T>(call: FaultyCall, work: () => Promise<T> | T): Promise<T> {
  const { kind, name, rates, random, signal, note } = call
  const fault = drawFault(rates, random)
  const latencyMs = drawMs(rates.latencyMs, random)
  const path = currentEffect()?.path ?? ''
  const tell = (what: CallNote['what'], value: unknown): void => note({ kind, name, path, what, fault, value })
  tell('asked', call.input)
  try {
    await wait(latencyMs, signal)
    const answer = await struck(call, fault, work)
    tell('answered', answer)
    return answer
  } catch (error) {
    tell('failed', error)
    throw error
  }
}

async function struck<T>(call: FaultyCall, fault: CallFault | undefined, work: () => Promise<T> | T): Promise<T> {
  const { random, rates, signal } = call
  if (fault === 'rateLimited') throw rateLimited(1 + Math.floor(random.next() * 30))
  if (fault === 'crash' && random.next() < 0.5) throw crashed(call, 'before')
  const answer = await work()
  if (fault === 'crash') throw crashed(call, 'after')
  if (fault === 'hang') await wait(Number.POSITIVE_INFINITY, signal)
  if (fault === 'late') await wait(drawMs(rates.lateMs, random), signal)
  return fault === 'wrongShape' ? (call.nonsense(answer) as T) : answer
}

function rateLimited(seconds: number): Error {
  const fields = { statusCode: 429, responseHeaders: { 'retry-after': String(seconds) } }
  return Object.assign(new Error(`Too many requests: come back in ${seconds} s.`), fields)
}

function crashed({ kind, name }: FaultyCall, when: string): Error {
  return new Error(`The ${kind} ${name} crashed ${when} its work, as the simulation wanted it.`)
}
