/** Who attends to the WebSockets: frames of what is looked at for the console and the CLI, Stately's protocol for its inspectors. */
import type { Frame } from '../../inspect/live/shapes.js'
import { StatelyFeed, type StatelySource } from '../../inspect/stately/stately-feed.js'
import { checkedPath } from '../answers/actor-of.js'
import { NO_ORDERS } from '../answers/actors.js'
import type { Desk } from '../answers/desk.js'
import type { ControlledSystem } from '../controlled-system.js'
import type { Role } from '../protocol/common.js'
import type { Topic } from '../protocol/live.js'
import { type FrameSink, type FrameSource, LiveViewer, type ViewerSocket } from './live-viewer.js'
import type { Attendant } from './sockets.js'
import { VIEWER } from './viewer-limits.js'

/** Who attends to the WebSockets, by path. */
export function attendants(desk: Desk): ReadonlyMap<string, Attendant> {
  const { inspection, clock, mask, onError, system } = desk
  const stately = new StatelyFeed(statelySource(system), mask, clock)
  return new Map<string, Attendant>([
    [
      '/api/live',
      {
        attend: (socket, role) => {
          const source: FrameSource = {
            subscribe: (topic, sink) => inspection.watch(checkedTopic(topic), forRole(role, sink)),
          }
          return new LiveViewer(socket, { source, clock, mask, onError })
        },
      },
    ],
    ['/stately', { attend: (socket) => attendStately(stately, socket), takesTokenInUrl: true }],
  ])
}

function statelySource(system: ControlledSystem): StatelySource {
  return {
    name: system.name,
    actor: (logic, id) => system.actor(logic, id) as ReturnType<StatelySource['actor']>,
    actors: () => system.actors(),
    inspect: (observer) => system.inspect(observer),
    on: (listener) => system.on(listener, { opening: false }),
  }
}

/** It is told, and has nothing to say. */
function attendStately(feed: StatelyFeed, socket: ViewerSocket): { heard(): void; close(): void } {
  const close = feed.connect({
    isReady: () => socket.bufferedBytes < VIEWER.maxBufferedBytes,
    send: (text) => socket.send(text),
  })
  return { heard: () => undefined, close }
}

/** A viewer is not told that it could act. */
function forRole(role: Role, sink: FrameSink): FrameSink {
  if (role === 'operator') return sink
  return { ...sink, send: (frame) => sink.send(withoutOrders(frame as Frame)) }
}

function withoutOrders(frame: Frame): Frame {
  if (frame.kind !== 'actor' || frame.actor === undefined) return frame
  return { ...frame, actor: { ...frame.actor, can: NO_ORDERS } }
}

/** Paths as the runtime writes them. */
function checkedTopic(topic: Topic): Topic {
  if (topic.topic === 'tree' && topic.under !== undefined) return { ...topic, under: checkedPath(topic.under) }
  if ((topic.topic === 'actor' || topic.topic === 'timeline') && topic.path !== undefined)
    return { ...topic, path: checkedPath(topic.path) }
  return topic
}
