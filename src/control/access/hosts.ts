/**
 * Whom a request is for and from which page it comes.
 *
 * A page of another site can make a browser call this server under a name of its own (DNS rebinding): so only known names are
 * answered. And it can make the browser of somebody who is signed in act, or open a WebSocket: so the origin must be this
 * very server, its port included; all ports of a host share their cookies.
 */
import { isLoopbackHost } from '../../remote/loopback.js'

/** A name or an IP address, perhaps with a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(\d{1,5}))?$/i

/** Whether a `Host` header names this server: as the machine itself, or as one of `allowed` (`name`, or `name:port`). */
export function hostCheck(allowed: readonly string[]): (host: string) => boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()))
  return (host) => {
    const [, name] = HOST.exec(host) ?? []
    if (name === undefined) return false
    return isLoopbackHost(name) || names.has(name.toLowerCase()) || names.has(host.toLowerCase())
  }
}

export function isHost(text: string): boolean {
  return HOST.test(text)
}

/** Whether a page of `origin` is one that the server at `host` has served. */
export function isSameOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host: from } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && from === host.toLowerCase()
}
