/**
 * What a peer may do on this node: nothing, but for what the user has allowed.
 *
 * Boundary: it judges requests. Answers to what this node asked for need no permission and must not come here: reply
 * addresses (`$ask/…`, `$reply:…`) are refused as paths that no actor has. Nothing is said of whether an actor is there.
 *
 * 1. A question is answered from the path, the type and the user's patterns alone, so the answer never changes.
 * 2. An event with a type of the runtime's own is refused, whatever was allowed (see `EventPatterns`).
 * 3. Sending is judged for each envelope, so which rules hold for a path is remembered, within bounds (`KnownPaths`): a peer
 *    that names many paths makes this slower, not larger.
 */
import { readWith } from '../supervision/refusal.js'
import { EventPatterns } from './permissions/event-pattern.js'
import { KnownPaths } from './permissions/known-paths.js'
import { PathPatterns, placeOf } from './permissions/path-pattern.js'
import { type Allowed, allowedSchema, type ReadPeerPermissions } from './permissions/peer-permissions.js'

export type { Allowed, PeerPermissions, SendPermission, SpawnPermission } from './permissions/peer-permissions.js'

/** The compiled permissions of `allow`. Throws `OPTIONS_INVALID`; `where` is the path of the setting. */
export function readPermissions(allow: Allowed, where = 'allow'): Permissions {
  return new Permissions(readWith(allowedSchema, allow, where))
}

export class Permissions {
  private readonly send: readonly { readonly paths: PathPatterns; readonly events: EventPatterns }[]
  private readonly spawn: readonly { readonly paths: PathPatterns; readonly logic: ReadonlySet<string> }[]
  private readonly watch: PathPatterns
  private readonly subscribe: PathPatterns
  private readonly control: PathPatterns
  private readonly eventsByPath = new KnownPaths<readonly EventPatterns[]>()

  constructor({ send, spawn, watch, subscribe, control }: ReadPeerPermissions) {
    this.send = send.map(({ paths, events }) => ({ paths: new PathPatterns(paths), events: new EventPatterns(events) }))
    this.spawn = spawn.map(({ paths, logic }) => ({ paths: new PathPatterns(paths), logic: new Set(logic) }))
    this.watch = new PathPatterns(watch)
    this.subscribe = new PathPatterns(subscribe)
    this.control = new PathPatterns(control)
  }

  /** Whether it may send, deliver or ask an event of that type. Of a child inside an actor `path` may have a `#fragment`. */
  maySend(path: string, type: string): boolean {
    const rules = this.eventsByPath.get(path, this.eventsFor)
    return rules.some((events) => events.matches(type))
  }

  mayWatch(path: string): boolean {
    return this.watch.matches(placeOf(path))
  }

  maySubscribe(path: string): boolean {
    return this.subscribe.matches(placeOf(path))
  }

  /** Whether it may start an actor of the logic with that name; `path`, without `#`, is the one that it would have. */
  maySpawn(logic: string, path: string): boolean {
    const place = path.includes('#') ? undefined : placeOf(path)
    return this.spawn.some((rule) => (rule.logic.has(logic) || rule.logic.has('*')) && rule.paths.matches(place))
  }

  /** Whether it may stop and cancel. */
  mayControl(path: string): boolean {
    return this.control.matches(placeOf(path))
  }

  private readonly eventsFor = (path: string): readonly EventPatterns[] => {
    const place = placeOf(path)
    return this.send.filter((rule) => rule.paths.matches(place)).map((rule) => rule.events)
  }
}
