/** What has just been done and is still told: what went well for some seconds, what failed until it is closed. */
import { asApiError } from '../api/api-error.js'

export interface Toast {
  readonly id: number
  readonly tone: 'good' | 'bad'
  readonly text: string
}

const SHOWN_MS = 5_000
const MAX_SHOWN = 4

export class ToastRack {
  readonly #listeners = new Set<() => void>()
  #toasts: readonly Toast[] = []
  #lastId = 0

  readonly all = (): readonly Toast[] => this.#toasts

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  done(text: string): void {
    const { id } = this.#add('good', text)
    window.setTimeout(() => this.close(id), SHOWN_MS)
  }

  failed(what: string, error: unknown): void {
    this.#add('bad', `${what} ${asApiError(error).message}`)
  }

  close(id: number): void {
    this.#become(this.#toasts.filter((toast) => toast.id !== id))
  }

  #add(tone: Toast['tone'], text: string): Toast {
    const toast = { id: ++this.#lastId, tone, text }
    this.#become([...this.#toasts, toast].slice(-MAX_SHOWN))
    return toast
  }

  #become(toasts: readonly Toast[]): void {
    this.#toasts = toasts
    for (const listener of this.#listeners) listener()
  }
}
