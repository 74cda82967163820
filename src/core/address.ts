/**
 * Where an actor lives: `roscius://node/path/to/actor`. The path is the supervision path: a child's path extends its
 * parent's by one segment. A fragment (`#3`) names a child *inside* a cell by its session number.
 *
 * Segments are percent-encoded, so that a path never contains `:`, `#`, `%2F` unescaped or a space, and can be part of a
 * store key. Names that begin with `$` are the runtime's own (reply addresses) and are refused for actors.
 */
import { RosciusError } from './errors.js'

/** The path of an actor on its node: encoded segments joined by `/`. */
export type ActorPath = string

const SCHEME = 'roscius://'
const PLAIN = /^[A-Za-z0-9_.\-~]+$/

/** Longest id in characters, before encoding. */
const MAX_ID_LENGTH = 512

/** The path of the actor `id` below `parent` (or at the top). Throws `ADDRESS_INVALID` for an empty, reserved or overlong id. */
export function childPath(parent: ActorPath | undefined, id: string): ActorPath {
  const segment = PLAIN.test(id) && id !== '.' && id !== '..' && id.length <= MAX_ID_LENGTH ? id : encodeSegment(id)
  return parent === undefined ? segment : `${parent}/${segment}`
}

function encodeSegment(id: unknown): string {
  if (
    typeof id !== 'string' ||
    id.length === 0 ||
    id.length > MAX_ID_LENGTH ||
    id.startsWith('$') ||
    /^\.\.?$/.test(id)
  ) {
    throw new RosciusError(
      'ADDRESS_INVALID',
      `An actor's id must be a string of 1 to ${MAX_ID_LENGTH} characters that is not "." or ".." and does not begin with "$"; got ${JSON.stringify(id)}.`,
      { details: { id: String(id).slice(0, 80) } },
    )
  }
  return encodeURIComponent(id.toWellFormed()).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
}

/** The id of the actor at `path`: its last segment, decoded. */
export function idOf(path: ActorPath): string {
  const segment = path.slice(path.lastIndexOf('/') + 1)
  return segment.includes('%') ? decodeURIComponent(segment) : segment
}

/** The path of the parent, or `undefined` at the top. */
export function parentOf(path: ActorPath): ActorPath | undefined {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? undefined : path.slice(0, slash)
}

/** `roscius://node/path`. */
export function formatAddress(node: string, path: ActorPath): string {
  return `${SCHEME}${node}/${path}`
}

/** Splits an address into node and path. Throws `ADDRESS_INVALID`. */
export function parseAddress(address: string): { readonly node: string; readonly path: ActorPath } {
  const slash = address.indexOf('/', SCHEME.length)
  if (!address.startsWith(SCHEME) || slash <= SCHEME.length || slash === address.length - 1) {
    throw new RosciusError('ADDRESS_INVALID', `"${address}" is not an address; expected roscius://node/path.`)
  }
  return { node: address.slice(SCHEME.length, slash), path: address.slice(slash + 1) }
}

/** Whether a node may have this name: letters, digits, `.`, `-`, `_`, at most 128 characters. */
export function isNodeName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)
}
