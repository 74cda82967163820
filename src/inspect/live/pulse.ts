/** The figures of the node, and how fast it is: gathered while somebody looks. */
import type { Clock } from '../../core/clock.js'
import type { DeadLetterCount } from './dead-letter-count.js'
import { EventLoopDelay } from './event-loop-delay.js'
import { Pacer } from './pacer.js'
import type { Roster } from './roster.js'
import type { Pulse } from './shapes.js'
import type { Shown } from './shown.js'
import type { Sink, Viewer } from './sink.js'
import type { WatchedSystem } from './watched-system.js'

const PULSE_MS = 250
/** Speeds are those of the last seconds. */
const WINDOW_MS = 5_000

interface Sample {
  readonly atMs: number
  readonly units: number
  readonly commits: number
}

export class PulseReader {
  readonly #delay = new EventLoopDelay()
  /** Oldest first, of the last seconds. */
  #samples: Sample[] = []
  #eventLoopMs = 0

  constructor(
    private readonly system: WatchedSystem,
    private readonly roster: Roster,
    private readonly letters: DeadLetterCount,
    private readonly shown: Shown,
    private readonly clock: Clock,
  ) {
    this.#delay.start()
  }

  stop(): void {
    this.#delay.stop()
  }

  /** As it is now; asked for at most four times a second, and by whom does not matter. */
  read(): Pulse {
    const { system, roster, letters } = this
    const figures = system.figures()
    const { byStatus, trouble } = roster.counts()
    const speeds = this.#speeds(figures)
    return {
      atMs: this.clock.now(),
      counts: byStatus,
      ...speeds,
      commitMs: figures.commitMs.mean,
      eventLoopMs: this.#eventLoopMs,
      oldestMailMs: figures.oldestMailMs,
      approvals: system.approvals.list().length,
      deadLetters: letters.count,
      trouble,
      links: system.peers().map(({ peer, state, detector }) => ({ peer, state, detector })),
      ...(figures.halted !== undefined && { halted: this.shown.text(figures.halted.message) }),
    }
  }

  #speeds({ units, commits }: Omit<Sample, 'atMs'>): Pick<Pulse, 'unitsPerSecond' | 'commitsPerSecond'> {
    const atMs = this.clock.monotonic()
    const last = this.#samples.at(-1)
    if (last === undefined || atMs - last.atMs >= PULSE_MS / 2) {
      this.#samples = [...this.#samples.filter((sample) => atMs - sample.atMs <= WINDOW_MS), { atMs, units, commits }]
      this.#eventLoopMs = this.#delay.read()
    }
    const [first] = this.#samples
    const seconds = (atMs - (first?.atMs ?? atMs)) / 1_000
    if (first === undefined || seconds <= 0) return { unitsPerSecond: 0, commitsPerSecond: 0 }
    return {
      unitsPerSecond: tenths((units - first.units) / seconds),
      commitsPerSecond: tenths((commits - first.commits) / seconds),
    }
  }
}

/** One viewer of the figures, four times a second. */
export class PulseViewer implements Viewer {
  readonly #pacer: Pacer

  constructor(reader: PulseReader, sink: Sink, clock: Clock) {
    this.#pacer = new Pacer(clock, PULSE_MS, () => {
      if (sink.ready()) sink.send({ kind: 'pulse', pulse: reader.read() })
      return true
    })
    this.#pacer.mark()
  }

  close(): void {
    this.#pacer.stop()
  }
}

const tenths = (value: number): number => Math.round(value * 10) / 10
