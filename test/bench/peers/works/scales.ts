/**
 * What agents weigh: what the processes that hold them take beyond those that hold none. Processes that do the same differ by
 * megabytes, and what is lighter than that can't be told from nothing: so it is told as that much, and never as less.
 */
import { median } from '../../harness/row.js'
import type { Pids } from './resident.js'

/** Something whose memory is looked at. */
export interface Weighed {
  pids: Pids
}

/** Resolves with bytes, when all that can be let go of has been. */
export type Weigh<TWeighed extends Weighed> = (weighed: TWeighed) => Promise<number>

/** The least that a process can take more than another one. */
const PAGE_BYTES = 4_096

export class Scales<TWeighed extends Weighed> {
  readonly #empty: number[] = []
  #processes = 0

  constructor(private readonly weigh: Weigh<TWeighed>) {}

  /** Notes what it weighs with none; of several, each in turn. */
  async addEmpty(weighed: TWeighed): Promise<void> {
    this.#empty.push(await this.weigh(weighed))
    this.#processes = (await weighed.pids()).length
  }

  /** What each of so many agents weighs in the process that was the last to be weighed with none, in bytes. */
  async inTheSame(weighed: TWeighed, agents: number): Promise<number> {
    return this.#each((await this.weigh(weighed)) - (this.#empty.at(-1) ?? 0), agents)
  }

  /** And in another one: as far as processes go, any of the empty ones might have been it. */
  async inAnother(weighed: TWeighed, agents: number): Promise<number> {
    return this.#each((await this.weigh(weighed)) - median(this.#empty), agents)
  }

  /** What agents are told to weigh that weigh nothing, in bytes: by how much the empty ones differ, and a page for each process. */
  noise(agents: number): number {
    const differing = Math.max(...this.#empty) - Math.min(...this.#empty)
    return Math.max(differing, PAGE_BYTES * this.#processes) / agents
  }

  #each(bytes: number, agents: number): number {
    return Math.max(bytes / agents, this.noise(agents))
  }
}
