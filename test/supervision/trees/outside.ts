/**
 * The world outside the actors: what they are made to fail of, and what they were seen to do. It survives every crash.
 *
 * 1. A leaf runs from the start of its callback to the clean-up. It must not run twice, and those that a supervisor stops
 *    in a row stop in reverse.
 * 2. A call of a leaf is an effect that settles; while one attempt runs, no other may.
 */
import type { Branch } from './tree.js'

export interface Breach {
  readonly what: string
  readonly message: string
}

const STOPPED_IN_A_ROW = ['restarted with its group', 'being stopped', 'shut down']

export class Outside {
  readonly breaches: Breach[] = []
  /** How often the message was handled, as actions saw it. */
  readonly handled = new Map<number, number>()
  readonly #failuresLeft = new Map<string, number>()
  readonly #running = new Map<string, AbortSignal>()
  readonly #calls = new Map<string, AbortSignal>()
  /** Later siblings, by path. */
  readonly #later = new Map<string, readonly string[]>()
  /** Paths whose starts come after those of their earlier siblings: those that restart in a group. */
  readonly #inGroups = new Set<string>()

  constructor(root: Branch) {
    this.#learn(root)
  }

  #learn({ children, strategy }: Branch): void {
    for (const [index, child] of children.entries()) {
      this.#later.set(child.path, children.slice(index + 1).map(({ path }) => path))
      if (strategy !== 'oneForOne') this.#inGroups.add(child.path)
      if (child.kind === 'branch') this.#learn(child)
    }
  }

  breach(what: string, message: string): void {
    this.breaches.push({ what, message })
  }

  // --- what is made to fail ---

  failNext(what: string, times: number): void {
    this.#failuresLeft.set(what, (this.#failuresLeft.get(what) ?? 0) + times)
  }

  /** Whether it is to fail now; each answer uses up one failure. */
  isFailing(what: string): boolean {
    const left = this.#failuresLeft.get(what) ?? 0
    if (left > 0) this.#failuresLeft.set(what, left - 1)
    return left > 0
  }

  // --- what is seen ---

  noteHandled(n: number): void {
    this.handled.set(n, (this.handled.get(n) ?? 0) + 1)
  }

  /** A leaf runs from here on; the answer is to be called when it stops. */
  begin(path: string, signal: AbortSignal): () => void {
    if (this.isRunning(path)) this.breach('twice', `${path} runs twice`)
    if (this.#inGroups.has(path)) this.#assertNoneLater(path, 'starts')
    this.#running.set(path, signal)
    return () => this.#end(path, signal)
  }

  #end(path: string, signal: AbortSignal): void {
    const reason = String((signal.reason as Error | undefined)?.message)
    if (this.#running.get(path) !== signal) return
    this.#running.delete(path)
    if (STOPPED_IN_A_ROW.some((words) => reason.includes(words))) this.#assertNoneLater(path, `stops (${reason})`)
  }

  #assertNoneLater(path: string, what: string): void {
    for (const other of this.runningPaths()) {
      const isLater = this.#later.get(path)?.some((later) => other === later || other.startsWith(`${later}/`))
      if (isLater) this.breach('order', `${path} ${what} while ${other} runs`)
    }
  }

  isRunning(path: string): boolean {
    return this.#running.has(path)
  }

  runningPaths(): readonly string[] {
    return [...this.#running.keys()]
  }

  beginCall(effectId: string, signal: AbortSignal): void {
    const former = this.#calls.get(effectId)
    if (former !== undefined && !former.aborted) this.breach('twice', `the effect ${effectId} runs twice`)
    this.#calls.set(effectId, signal)
  }

  endCall(effectId: string, signal: AbortSignal): void {
    if (this.#calls.get(effectId) === signal) this.#calls.delete(effectId)
  }

  /** The process is gone, and all that ran in it. */
  crash(): void {
    this.#running.clear()
    this.#calls.clear()
  }
}
