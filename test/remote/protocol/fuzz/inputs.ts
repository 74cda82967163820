/** The bytes that a fuzz run gives to a decoder: the same for the same seed. */
import type { FrameCodec } from '../../../../src/remote/protocol/frame-codec.js'
import { HEADERS, mutatedBytes } from './byte-mutations.js'
import { Chance } from './chance.js'
import { framesOfChance } from './frames-of-chance.js'
import { recordings } from './recordings.js'
import { mutatedValues, treesOf } from './value-mutations.js'
import type { Tree } from './value-tree.js'

/** Frames of each kind of making that one seed begins with, besides the recordings. */
const FRAMES_A_SEED = 100
/** One input for so many is as long as a frame may be, or longer. */
const LONG_EVERY = 2_500
const FRAME_BYTES = 1_048_576

export class FuzzInputs {
  constructor(
    private readonly codec: FrameCodec,
    /** Frames that are all good: what mutations begin with, besides frames of chance. */
    private readonly recorded: readonly Uint8Array[] = recordings(),
  ) {}

  *of(seed: number, count: number): Generator<Uint8Array> {
    const chance = new Chance(`wire ${seed}`)
    const frames = [...this.recorded, ...framesOfChance(this.codec, seed, FRAMES_A_SEED)]
    const trees = treesOf(frames)
    for (let i = 0; i < count; i++) yield i % LONG_EVERY === 7 ? long(frames, chance) : made(frames, trees, chance)
  }
}

function made(frames: readonly Uint8Array[], trees: readonly Tree[], chance: Chance): Uint8Array {
  const kind = chance.next()
  if (kind < 0.08) return chance.bytes(chance.below(200))
  if (kind < 0.16) return Buffer.concat([head(chance), chance.bytes(chance.below(100))])
  if (kind < 0.5) return mutatedBytes(chance.pick(frames), frames, chance)
  const mutated = mutatedValues(chance.pick(trees), trees, chance)
  return kind < 0.95 ? mutated : mutatedBytes(mutated, frames, chance)
}

/** How a frame of some kind begins. */
function head(chance: Chance): Buffer {
  return Buffer.from([0x92 + chance.below(10), chance.below(16), chance.below(4), chance.pick(HEADERS)])
}

function long(frames: readonly Uint8Array[], chance: Chance): Uint8Array {
  const bytes = Buffer.alloc(
    FRAME_BYTES - chance.below(3) + 1,
    chance.is(0.5) ? chance.pick(HEADERS) : chance.pick(frames),
  )
  Buffer.from([0x94, 0x0c, 0x01, 0x01]).copy(bytes)
  // An array that says to hold as much as there is behind it.
  if (chance.is(0.5)) Buffer.from([0xdd, 0, 0, 0xff, 0xff]).copy(bytes, 4)
  return bytes
}
