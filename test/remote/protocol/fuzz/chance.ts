/** Choices that a seed makes: every input of a fuzz run can be made again. */
import { seededRandom } from '../../../../src/testing/seeded-random.js'

export class Chance {
  readonly next: () => number

  constructor(seed: number | string) {
    this.next = seededRandom(seed).next
  }

  /** A whole number from 0 to `most` - 1. */
  below(most: number): number {
    return Math.floor(this.next() * most)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  is(probability: number): boolean {
    return this.next() < probability
  }

  bytes(length: number): Buffer {
    return Buffer.from(Uint8Array.from({ length }, () => this.below(256)))
  }
}
