/**
 * What was found out about paths that a peer has named. A peer can name any number of them, of any length: a bounded number
 * of bounded length is kept, and the oldest goes first.
 */
export class KnownPaths<T> {
  private readonly found = new Map<string, T>()

  constructor(
    private readonly maxCount = 4_096,
    private readonly maxLength = 256,
  ) {}

  get size(): number {
    return this.found.size
  }

  /** What is known of `path`, or what `find` finds out now. */
  get(path: string, find: (path: string) => T): T {
    const known = this.found.get(path)
    if (known !== undefined) return known
    const found = find(path)
    if (path.length <= this.maxLength) this.keep(path, found)
    return found
  }

  private keep(path: string, found: T): void {
    if (this.found.size >= this.maxCount) this.found.delete(this.found.keys().next().value as string)
    this.found.set(path, found)
  }
}
