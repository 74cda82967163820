/** How the suite's calls are written as words of a line, and how their results are read from one. */
import type { Service } from '../../harness/second-process.js'
import type { Services } from '../peer.js'
import type { Load, LoadFigures } from '../works/closed-loop.js'
import type { Word } from './line.js'

export type Wire<TService extends Service> = {
  readonly [Name in keyof TService['calls']]: Written<
    Parameters<TService['calls'][Name]>[0],
    Awaited<ReturnType<TService['calls'][Name]>>
  >
}

interface Written<TArgument, TResult> {
  write(argument: TArgument): readonly Word[]
  read(words: readonly string[]): TResult
}

const nothing = (): readonly Word[] => []
const numbers = (words: readonly string[]): readonly number[] => words.map(Number)
const number = (words: readonly string[]): number => Number(words[0])

const load: Written<Load, LoadFigures> = {
  write: ({ agents, warmUpMs, ms }) => [agents, warmUpMs, ms],
  read: ([perSecond, p50, p99]) => ({ perSecond: Number(perSecond), p50: Number(p50), p99: Number(p99) }),
}

export const step: Wire<Services['step']> = { load }

export const crash: Wire<Services['crash']> = {
  // OTP has nothing to know a message again by.
  step: { write: ({ agent, message }) => [agent, message], read: number },
  state: { write: (agent) => [agent], read: ([count, ...last]) => ({ count: Number(count), last }) },
}

export const growing: Wire<Services['growing']> = {
  grow: { write: (steps) => [steps], read: numbers },
  length: { write: nothing, read: number },
}

export function sleep(keeping: 'memory' | 'disk'): Wire<Services['sleep']> {
  return {
    sleep: { write: ({ from, count, dueAt }) => [keeping, from, count, dueAt], read: () => undefined },
    woken: { write: nothing, read: ([count, lastAt]) => ({ count: Number(count), lastAt: Number(lastAt) }) },
    rest: { write: nothing, read: () => undefined },
  }
}

export const failure: Wire<Services['failure']> = {
  fail: { write: ({ times, ms }) => [times, ms], read: numbers },
}

export const remote: Wire<Services['remote']> = {
  ask: load,
  tell: { write: (messages) => [messages], read: () => undefined },
}
