/**
 * How much one frame may hold. Each side says in its `hello` what it takes; a sender keeps to the limits of its peer.
 */

export interface WireLimits {
  /** Bytes of a whole frame. */
  readonly frameBytes: number
  /** Arrays, maps and values of Roscius inside each other; the frame itself is the first level. */
  readonly depth: number
  /** Keys of one map. */
  readonly mapKeys: number
  /** Elements of one array. */
  readonly arrayLength: number
  /** Bytes of one string, binary or extension. */
  readonly stringBytes: number
  /** Values in a frame in all, keys included. */
  readonly nodes: number
  /** Envelopes of one batch. */
  readonly envelopes: number
}

/** The names, in the order in which `hello` carries the values. */
export const LIMIT_NAMES = [
  'frameBytes',
  'depth',
  'mapKeys',
  'arrayLength',
  'stringBytes',
  'nodes',
  'envelopes',
] as const satisfies readonly (keyof WireLimits)[]

export const DEFAULT_LIMITS: WireLimits = {
  frameBytes: 1_048_576,
  depth: 64,
  mapKeys: 16_384,
  arrayLength: 65_536,
  stringBytes: 1_048_576,
  nodes: 131_072,
  envelopes: 1_024,
}

/** What every node takes at least: who claims less is refused, for nothing could be sent to it. */
export const LEAST_LIMITS: WireLimits = {
  frameBytes: 16_384,
  depth: 16,
  mapKeys: 64,
  arrayLength: 64,
  stringBytes: 4_096,
  nodes: 1_024,
  envelopes: 1,
}

/** What this node makes use of at most, however much a peer takes: buffers and recursion depend on it. */
export const MOST_LIMITS: WireLimits = {
  frameBytes: 67_108_864,
  depth: 256,
  mapKeys: 1_048_576,
  arrayLength: 1_048_576,
  stringBytes: 67_108_864,
  nodes: 8_388_608,
  envelopes: 65_536,
}

export function boundedLimits(limits: WireLimits): WireLimits {
  const bounded = LIMIT_NAMES.map((name) => [name, Math.min(limits[name], MOST_LIMITS[name])])
  return Object.fromEntries(bounded) as WireLimits
}

/** For frames of a peer that has not shown who it is: a stranger costs little. */
export const HANDSHAKE_LIMITS: WireLimits = {
  frameBytes: 4_096,
  depth: 4,
  mapKeys: 16,
  arrayLength: 64,
  stringBytes: 1_024,
  nodes: 128,
  envelopes: 0,
}
