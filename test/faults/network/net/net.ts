/**
 * A network between processes that can be broken on purpose.
 *
 * Boundary: it moves packets or bytes and knows no protocol. Two drivers: `namespaces` (a kernel's own network: namespaces,
 * veth, bridges, queueing disciplines) and `proxy` (TCP through this process). One contract test runs against both.
 *
 * 1. What is done to two nodes touches no third.
 * 2. As on a real network, nobody is told of a partition: what was sent waits or is lost, a dial gets no answer.
 * 3. `close` takes away all that was made, also what is still broken.
 */

/** Names of two nodes. The order says nothing. */
export type Pair = readonly [string, string]

export interface Weather {
  /** How long one way takes, in ms. */
  readonly delayMs?: number
  /** By how much that varies, in ms. */
  readonly jitterMs?: number
  /** Share of packets, 0 to 1: lost, overtaken, doubled, damaged. */
  readonly loss?: number
  readonly reorder?: number
  readonly duplicate?: number
  readonly corrupt?: number
  readonly bytesPerSecond?: number
}

export type WeatherKind = keyof Weather

/** Where a process of a node runs and listens. */
export interface NetNode {
  readonly name: string
  /** What comes before a program and its arguments, so that it runs on this node. */
  readonly command: readonly string[]
  readonly host: string
  readonly port: number
}

export interface Flapping {
  readonly everyMs: number
  readonly times: number
}

export interface Net {
  readonly kind: 'namespaces' | 'proxy'
  /** What `weather` can make here. */
  readonly can: ReadonlySet<WeatherKind>
  readonly nodes: readonly NetNode[]
  /** `host:port` at which `from` reaches `to`. */
  addressOf(from: string, to: string): string
  /** Takes the place of the weather before; `{}` is calm. Throws for what is not among `can`. */
  weather(between: Pair, weather: Weather): Promise<void>
  /** Nothing gets through any more, until `heal`; neither is told. */
  partition(between: Pair): Promise<void>
  /** Breaks the connections: both are told. */
  cut(between: Pair): Promise<void>
  /** Breaks the connections for `told` alone; `untold` goes on believing in them, as long as it has nothing to send. */
  halfOpen(told: string, untold: string): Promise<void>
  /** Partition and heal in turns; resolves when it is over. */
  flap(between: Pair, flapping: Flapping): Promise<void>
  /** Ends every partition. */
  heal(): Promise<void>
  close(): Promise<void>
}

/** Throws when the network can't make this weather. */
export function assertCan(net: Pick<Net, 'kind' | 'can'>, weather: Weather): void {
  const missing = (Object.keys(weather) as WeatherKind[]).filter((kind) => !net.can.has(kind))
  if (missing.length > 0) throw new Error(`The network (${net.kind}) can't make ${missing.join(', ')} here.`)
}

/** All pairs of these names. */
export function pairsOf(names: readonly string[]): Pair[] {
  return names.flatMap((one, index) => names.slice(index + 1).map((other): Pair => [one, other]))
}

export const isPair = ([a, b]: Pair, one: string, other: string): boolean =>
  (a === one && b === other) || (a === other && b === one)
