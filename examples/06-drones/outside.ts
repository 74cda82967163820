/** The air between the drones and the tower. It fails when the script says so. */
import type { Observer, Subscribable } from 'xstate'

export class Air {
  readonly #listeners = new Map<string, Partial<Observer<string>>>()

  /** What the drone of that name hears. */
  radio(name: string): Subscribable<string> {
    return {
      subscribe: (listener: Partial<Observer<string>> | ((value: string) => void)) => {
        this.#listeners.set(name, typeof listener === 'function' ? { next: listener } : listener)
        return { unsubscribe: () => this.#listeners.delete(name) }
      },
    }
  }

  /** Contact is lost. What fails like a connection is taken for something that may pass. */
  jam(name: string): void {
    this.#listeners.get(name)?.error?.(Object.assign(new Error('no contact'), { code: 'ECONNRESET' }))
  }
}
