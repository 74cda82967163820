/** Which branches of the tree are open, and where one was in it: kept while other views are looked at. */
export class Folds {
  readonly #listeners = new Set<() => void>()
  readonly #chosen = new Map<string, boolean>()
  #everything: boolean | undefined
  #version = 0
  #present: string | undefined
  scrollTop = 0

  /** Counts up when branches open or close. */
  readonly version = (): number => this.#version

  /** The actor that the keyboard is at. */
  readonly present = (): string | undefined => this.#present

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** `unlessChosen`: as it is where nobody has said anything. */
  isOpen(path: string, unlessChosen: boolean): boolean {
    return this.#chosen.get(path) ?? this.#everything ?? unlessChosen
  }

  choose(path: string, isOpen: boolean): void {
    this.#chosen.set(path, isOpen)
    this.#folded()
  }

  chooseAll(isOpen: boolean): void {
    this.#chosen.clear()
    this.#everything = isOpen
    this.#folded()
  }

  moveTo(path: string | undefined): void {
    this.#present = path
    this.#changed()
  }

  #folded(): void {
    this.#version++
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
