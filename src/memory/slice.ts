/** How much is done before others have their turn: counted in characters, so that it doesn't depend on a clock. */

/** About 4 ms of indexing. */
const CHARACTERS = 6_000
/** What an item costs that is all but empty, in characters. */
const PER_ITEM = 80

export class Slice {
  #characters = 0

  get isFull(): boolean {
    return this.#characters >= CHARACTERS
  }

  begin(): void {
    this.#characters = 0
  }

  count({ text }: { readonly text: string }): void {
    this.#characters += text.length + PER_ITEM
  }
}
