/**
 * The face of a running system: a `fetch` handler, WebSockets, and what ends both. `createControl` puts it into a server of the
 * user's own; `createConsole` and `serveControl` give it one.
 */
import type { Server } from 'node:http'
import { type Door, Doorkeeper } from './access/doorkeeper.js'
import { answering } from './answers/answers.js'
import { type Desk, deskOf } from './answers/desk.js'
import { type ControlOptions, type ReadControl, readControl } from './control-options.js'
import type { ControlledSystem } from './controlled-system.js'
import { EventLoopDelay } from './health/event-loop.js'
import { healthOf, type VitalSigns } from './health/health.js'
import { Metrics } from './health/metrics.js'
import { type AppPorts, type CallerEnv, controlApp } from './http/app.js'
import { consoleFiles } from './http/console-files.js'
import { type NodeListener, nodeListener } from './http/node-server.js'
import { attendants } from './live/attendants.js'
import { Sockets } from './live/sockets.js'

export interface Control extends AsyncDisposable {
  /** What an operator shows. */
  readonly token: string
  /**
   * Answers a request: for Hono, and whatever else speaks `fetch`. `env`: what `@hono/node-server` tells of the caller, which Hono
   * hands on; without it nobody knows from which address a wrong token came, and all callers share the bound of these.
   */
  readonly fetch: (request: Request, env?: CallerEnv) => Promise<Response>
  /** The same for `node:http`, Express and Fastify's `raw`. */
  readonly listener: NodeListener
  /** Takes the WebSockets of the console from a server. The answer takes it off again. */
  attachTo(server: Server): { close(): void }
  /** Ends what is open, and answers nothing any more but 503. */
  close(): Promise<void>
}

/**
 * The console and its API for a server of your own. It needs `allowedHosts` unless that is only reached from this machine, and
 * `basePath` unless it is mounted at the root. Throws `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createSystem, memoryStore } from 'roscius'
 * import { createControl } from 'roscius/console'
 *
 * await using system = await createSystem({ name: 'shop', store: memoryStore(), logic: {} })
 * await using control = createControl(system, { basePath: '/roscius' })
 * const server = createServer(control.listener)
 * control.attachTo(server)
 * console.log(control.token.length, server.listening)
 * ```
 */
export function createControl(system: ControlledSystem, options: ControlOptions = {}): Control {
  return openControl(system, readControl(options, 'createControl'))
}

export function openControl(system: ControlledSystem, options: ReadControl): Control {
  const { token, viewerToken, allowedHosts, clock } = options
  return new OpenControl(system, options, new Doorkeeper({ keys: { token, viewerToken }, allowedHosts, clock }))
}

/** Whoever comes through `door`. */
export class OpenControl implements Control {
  readonly token: string
  readonly fetch: Control['fetch']
  readonly listener: NodeListener
  readonly #desk: Desk
  readonly #sockets: Sockets
  readonly #eventLoop = new EventLoopDelay()
  readonly #metrics: Metrics
  #isOpen = true

  constructor(
    system: ControlledSystem,
    private readonly options: ReadControl,
    door: Door,
  ) {
    const desk = deskOf(system, options)
    this.#metrics = new Metrics(desk, this.#eventLoop)
    const app = controlApp(this.#ports(desk, door), options)
    this.#desk = desk
    this.token = options.token
    this.fetch = (request, env) => app(request, env)
    this.listener = nodeListener(app)
    this.#sockets = new Sockets(door, options.basePath, attendants(desk), options.clock)
  }

  attachTo(server: Server): { close(): void } {
    return this.#sockets.attachTo(server)
  }

  async close(): Promise<void> {
    this.#isOpen = false
    this.#sockets.close()
    this.#eventLoop.close()
    this.#metrics.close()
    this.#desk.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #ports(desk: Desk, door: Door): AppPorts {
    return {
      version: desk.version,
      door,
      isOpen: () => this.#isOpen,
      answer: answering(desk),
      health: (of) => healthOf(of, this.#signs(desk), this.options.health),
      metrics: () => this.#metrics.read(),
      files: door.kind === 'network' ? consoleFiles() : undefined,
    }
  }

  #signs({ system }: Desk): VitalSigns {
    const { inFlightMs, commitMs, oldestMailMs, halted } = system.figures()
    return {
      eventLoopMs: this.#eventLoop.maxMs,
      inFlightMs,
      commitMs: commitMs.mean,
      oldestMailMs,
      isHalted: halted !== undefined || !isRunning(system),
    }
  }
}

/** A system that was stopped in good order has no error to tell, and answers nothing any more. */
function isRunning(system: ControlledSystem): boolean {
  try {
    system.deadLetters.list()
    return true
  } catch {
    return false
  }
}
