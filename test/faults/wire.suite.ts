/**
 * The wire under attack: bytes of any kind into the decoder and into handshakes, and a peer that has the key and sends what it
 * likes to a running system. Each is answered, by a frame or a refusal with a code; nothing crashes, hangs or grows.
 */
import { NO_REFS } from '../../src/persistence/storable.js'
import { createFrameCodec, type FrameCodec } from '../../src/remote/protocol/frame-codec.js'
import { DEFAULT_LIMITS, HANDSHAKE_LIMITS, LEAST_LIMITS } from '../../src/remote/protocol/limits.js'
import { ProtocolError } from '../../src/remote/protocol/protocol-error.js'
import { Chance } from '../remote/protocol/fuzz/chance.js'
import { attackAlone, attackBetween, type Stepping } from '../remote/protocol/fuzz/handshakes.js'
import { FuzzInputs } from '../remote/protocol/fuzz/inputs.js'
import { answerOf, Breach, type Decoder } from '../remote/protocol/fuzz/judge.js'
import { recordings } from '../remote/protocol/fuzz/recordings.js'
import { treesOf } from '../remote/protocol/fuzz/value-mutations.js'
import type { Tree } from '../remote/protocol/fuzz/value-tree.js'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { drawSeed } from './power.suite.js'
import { heldBytes } from './wire/heap.js'
import { attackSystem } from './wire/hostile.js'

/** As many inputs as a seed stands for. */
export const INPUTS_A_SEED = 10_000
const HANDSHAKES_A_SEED = 200
/** One system is attacked for so many seeds. */
const SEEDS_A_SYSTEM = 5
const SEEDS = 100
/** The looks at each byte are counted for one input of so many: counting takes its time. */
const COUNTED_EVERY = 8
/** Heap that may be held more after any number of inputs: caches fill, and code is compiled. */
const GROWTH_BYTES = 16 * 1_048_576

export const suite: FaultSuite = {
  name: 'wire',
  description: `bytes of any kind into decoder and handshakes, ${INPUTS_A_SEED.toLocaleString('en')} a seed, and a hostile peer with a key`,
  run: (options) => attackWire(options),
}

/** What is attacked; a test puts something in place that is wrong. */
export interface Target {
  readonly wrap?: (codec: FrameCodec) => Decoder
  readonly stepping?: Stepping
  /** How many inputs a seed stands for. */
  readonly inputs?: number
}

export async function attackWire(
  { seed = drawSeed(), seeds = SEEDS, log }: FaultOptions,
  target: Target = {},
): Promise<FaultReport> {
  log(`seeds ${seed} to ${seed + seeds - 1}`)
  const wire = new Wire(target)
  let before = 0
  for (let next = seed; next < seed + seeds; next++) {
    wire.attack(next)
    if (next % SEEDS_A_SYSTEM === 0) await wire.attackSystem(next)
    // What the first seed leaves is what is there once: caches, compiled code.
    if (next === seed) before = await heldBytes()
    if ((next - seed + 1) % 10 === 0)
      log(`${wire.inputs.toLocaleString('en')} inputs, ${wire.violations.length} violations`)
  }
  const grown = (await heldBytes()) - before
  if (grown > GROWTH_BYTES) wire.breach(seed, 'growth', `${grown} bytes more are held after ${wire.inputs} inputs.`)
  return { runs: wire.inputs, violations: wire.violations, facts: { ...wire.facts, 'bytes held more': grown } }
}

const DECODERS = [DEFAULT_LIMITS, HANDSHAKE_LIMITS, LEAST_LIMITS]

class Wire {
  inputs = 0
  readonly violations: Violation[] = []
  readonly facts: Record<string, number> = {}
  readonly #decoders: readonly Decoder[]
  readonly #source: FuzzInputs
  readonly #recordings: { readonly bytes: readonly Uint8Array[]; readonly trees: readonly Tree[] }

  constructor(private readonly target: Target) {
    const { wrap = (codec: FrameCodec): Decoder => codec } = target
    const bytes = recordings()
    this.#recordings = { bytes, trees: treesOf(bytes) }
    this.#source = new FuzzInputs(createFrameCodec({ refs: NO_REFS }), bytes)
    this.#decoders = DECODERS.map((accepted) => wrap(createFrameCodec({ refs: NO_REFS, accepted })))
  }

  attack(seed: number): void {
    let place = 0
    for (const bytes of this.#source.of(seed, this.target.inputs ?? INPUTS_A_SEED)) this.#decode(seed, place++, bytes)
    const chance = new Chance(`handshakes ${seed}`)
    for (let i = 0; i < HANDSHAKES_A_SEED; i++) this.#shakeHands(seed, seed * HANDSHAKES_A_SEED + i, chance)
  }

  async attackSystem(seed: number): Promise<void> {
    const { breaches, facts } = await attackSystem(seed)
    for (const [name, count] of Object.entries(facts)) this.#count(name, count)
    for (const message of breaches) this.breach(seed, 'hostile peer', message)
  }

  breach(seed: number, invariant: string, message: string): void {
    this.violations.push({ seed, invariant, message: message.slice(0, 2_000) })
  }

  /** By the decoder of a link; by turns also by one for strangers, and one that takes little. */
  #decode(seed: number, place: number, bytes: Uint8Array): void {
    this.inputs += 1
    this.#guarded(seed, `input ${place}, ${Buffer.from(bytes.subarray(0, 500)).toString('hex')}`, () => {
      const answer = answerOf(this.#decoders[0] as Decoder, bytes, place % COUNTED_EVERY === 0)
      this.#count(answer instanceof ProtocolError ? answer.code : 'frames', 1)
      if (place % 4 === 1) answerOf(this.#decoders[1 + ((place % 8) >> 2)] as Decoder, bytes)
    })
  }

  #shakeHands(seed: number, number: number, chance: Chance): void {
    this.#guarded(seed, `handshake ${number}`, () => {
      const attack = number % 2 === 0 ? attackAlone : attackBetween
      const heard = attack(number, chance, this.#recordings, this.target.stepping)
      this.inputs += heard
      this.#count('frames in handshakes', heard)
    })
  }

  #guarded(seed: number, what: string, attempt: () => void): void {
    try {
      attempt()
    } catch (error) {
      if (!(error instanceof Breach)) throw error
      this.breach(seed, error.invariant, `${error.message} (${what})`)
    }
  }

  #count(name: string, count: number): void {
    this.facts[name] = (this.facts[name] ?? 0) + count
  }
}
