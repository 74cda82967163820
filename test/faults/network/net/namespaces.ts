/**
 * Nodes in network namespaces of their own (Linux, with iproute2 and the right to administer the network). Each pair of
 * nodes is joined by a bridge in one more namespace, the hub; nothing is made in the namespace of this process.
 *
 * A partition takes one side's port off the bridge, so the kernels at both ends see a silent line. Loss is netem's, or where
 * the kernel has none, a filter that takes away packets by the low bits of their IP identification.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { provide } from '../../../support/debian.js'
import { endSockets, ipLines, iproute, namespaces, removeNamespaces } from './iproute.js'
import { assertCan, type Flapping, isPair, type Net, type NetNode, type Pair, pairsOf, type Weather } from './net.js'

const PORT = 7_300
const NETEM = ['delayMs', 'jitterMs', 'loss', 'reorder', 'duplicate', 'corrupt', 'bytesPerSecond'] as const
const PLAIN = ['loss', 'bytesPerSecond'] as const

let made = 0

/** Undefined where this process may not, or has no iproute2 and can't install it. */
export async function namespaceNet(names: readonly string[]): Promise<Net | undefined> {
  if (process.platform === 'linux') provide('iproute2', () => spawnSync('ip', ['-V']).error === undefined)
  const prefix = `roscius-${process.pid}-${++made}`
  const hub = `${prefix}-hub`
  const spaces = [hub, ...names.map((name) => `${prefix}-${name}`)]
  try {
    removeNamespaces((await namespaces()).filter(isOrphan))
    for (const space of spaces) await iproute('ip', 'netns', 'add', space)
    const lines = pairsOf(names).map((between, index) => lineOf(between, index, prefix))
    await build(hub, names, lines, prefix)
    return new NamespaceNet(prefix, names, lines, spaces, await hasNetem(hub))
  } catch {
    removeNamespaces(spaces)
    return undefined
  }
}

/** Whether the process that made it was killed before it could take it away. */
function isOrphan(namespace: string): boolean {
  const [, pid] = /^roscius-(\d+)-/.exec(namespace) ?? []
  if (pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** The bridge between two nodes, and its two ports, in the hub. */
interface Line {
  readonly between: Pair
  readonly bridge: string
  readonly ports: Pair
  readonly addresses: Pair
  readonly spaces: Pair
}

function lineOf(between: Pair, index: number, prefix: string): Line {
  const ends = <T>(of: (end: 1 | 2) => T): readonly [T, T] => [of(1), of(2)]
  return {
    between,
    bridge: `line${index}`,
    ports: ends((end) => `port${index}-${end}`),
    addresses: ends((end) => `10.77.${index}.${end}`),
    spaces: [`${prefix}-${between[0]}`, `${prefix}-${between[1]}`],
  }
}

async function build(hub: string, names: readonly string[], lines: readonly Line[], prefix: string): Promise<void> {
  // Where the filter sends what is to be lost: a line whose other end is down.
  await ipLines(hub, ['link add sink type veth peer name drain', 'link set sink up', ...lines.flatMap(inHub)])
  for (const name of names) await ipLines(`${prefix}-${name}`, ['link set lo up', ...lines.flatMap(inNode(name))])
}

function inHub({ bridge, ports, spaces }: Line, index: number): string[] {
  return [
    `link add ${bridge} type bridge`,
    `link set ${bridge} up`,
    ...ports.flatMap((port, end) => [
      `link add ${port} type veth peer name eth${index} netns ${spaces[end]}`,
      `link set ${port} master ${bridge}`,
      `link set ${port} up`,
    ]),
  ]
}

const inNode =
  (name: string) =>
  ({ between, addresses }: Line, index: number): string[] => {
    const end = between.indexOf(name)
    return end < 0 ? [] : [`addr add ${addresses[end]}/24 dev eth${index}`, `link set eth${index} up`]
  }

async function hasNetem(hub: string): Promise<boolean> {
  const rule = ['-n', hub, 'qdisc', 'add', 'dev', 'sink', 'root', 'netem', 'delay', '1ms']
  return iproute('tc', ...rule).then(
    () => true,
    () => false,
  )
}

class NamespaceNet implements Net {
  readonly kind = 'namespaces'
  readonly can: Net['can']
  readonly nodes: readonly NetNode[]
  readonly #tidy = (): void => removeNamespaces(this.spaces)

  constructor(
    private readonly prefix: string,
    names: readonly string[],
    private readonly lines: readonly Line[],
    private readonly spaces: readonly string[],
    private readonly isNetem: boolean,
  ) {
    this.can = new Set(isNetem ? NETEM : PLAIN)
    this.nodes = names.map((name) => ({
      name,
      command: ['ip', 'netns', 'exec', `${prefix}-${name}`],
      host: '0.0.0.0',
      port: PORT,
    }))
    process.once('exit', this.#tidy)
  }

  addressOf(from: string, to: string): string {
    const { between, addresses } = this.#line([from, to])
    return `${addresses[between.indexOf(to)]}:${PORT}`
  }

  async weather(between: Pair, weather: Weather): Promise<void> {
    assertCan(this, weather)
    for (const port of this.#line(between).ports) {
      await this.#tc('qdisc', 'del', 'dev', port, 'root').catch(() => undefined)
      await this.#tc('qdisc', 'del', 'dev', port, 'ingress').catch(() => undefined)
      if (this.isNetem) await this.#netem(port, weather)
      else await this.#plain(port, weather)
    }
  }

  async #netem(port: string, { bytesPerSecond, ...weather }: Weather): Promise<void> {
    const { delayMs = 0, jitterMs = 0, loss = 0, reorder = 0, duplicate = 0, corrupt = 0 } = weather
    const rules = [
      // Packets are overtaken only by those that don't wait.
      ...(delayMs + jitterMs + reorder > 0 ? ['delay', `${Math.max(delayMs, 1)}ms`, `${jitterMs}ms`] : []),
      ...Object.entries({ loss, reorder, duplicate, corrupt }).flatMap(([kind, rate]) =>
        rate > 0 ? [kind, `${rate * 100}%`] : [],
      ),
      ...(bytesPerSecond === undefined ? [] : ['rate', `${bytesPerSecond * 8}bit`]),
    ]
    if (rules.length > 0) await this.#tc('qdisc', 'add', 'dev', port, 'root', 'netem', ...rules)
  }

  async #plain(port: string, { loss = 0, bytesPerSecond }: Weather): Promise<void> {
    if (bytesPerSecond !== undefined) {
      const bucket = ['tbf', 'rate', `${bytesPerSecond * 8}bit`, 'burst', '16kb', 'latency', '400ms']
      await this.#tc('qdisc', 'add', 'dev', port, 'root', ...bucket)
    }
    if (loss === 0) return
    const mask = 2 ** Math.max(1, Math.round(-Math.log2(loss))) - 1
    // Packets of a handshake have the number 0: one of those would be lost for ever.
    const chosen = ['match', 'u16', '0x0001', `0x${mask.toString(16)}`, 'at', '4']
    const taken = ['action', 'mirred', 'egress', 'redirect', 'dev', 'sink']
    await this.#tc('qdisc', 'add', 'dev', port, 'ingress')
    await this.#tc('filter', 'add', 'dev', port, 'parent', 'ffff:', 'protocol', 'ip', 'u32', ...chosen, ...taken)
  }

  async partition(between: Pair): Promise<void> {
    await this.#hub(`link set ${this.#line(between).ports[0]} nomaster`)
  }

  async cut(between: Pair): Promise<void> {
    const { spaces, addresses } = this.#line(between)
    await endSockets(spaces[0], addresses[1])
  }

  async halfOpen(told: string, untold: string): Promise<void> {
    const { between, spaces, addresses } = this.#line([told, untold])
    await this.partition([told, untold])
    await endSockets(spaces[between.indexOf(told)] as string, addresses[between.indexOf(untold)] as string)
    await this.#join([told, untold])
  }

  async flap(between: Pair, { everyMs, times }: Flapping): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.partition(between)
      await pause(everyMs / 2)
      await this.#join(between)
      await pause(everyMs / 2)
    }
  }

  async heal(): Promise<void> {
    await this.#hub(...this.lines.map(({ ports, bridge }) => `link set ${ports[0]} master ${bridge}`))
  }

  async close(): Promise<void> {
    process.off('exit', this.#tidy)
    this.#tidy()
  }

  async #join(between: Pair): Promise<void> {
    const { ports, bridge } = this.#line(between)
    await this.#hub(`link set ${ports[0]} master ${bridge}`)
  }

  #line([one, other]: Pair): Line {
    const line = this.lines.find(({ between }) => isPair(between, one, other))
    if (line === undefined) throw new Error(`There is no line between ${one} and ${other}.`)
    return line
  }

  #hub(...lines: readonly string[]): Promise<void> {
    return ipLines(`${this.prefix}-hub`, lines)
  }

  #tc(...args: readonly string[]): Promise<string> {
    return iproute('tc', '-n', `${this.prefix}-hub`, ...args)
  }
}
