/** The networks that can be made here. */
import { namespaceNet } from './namespaces.js'
import type { Net } from './net.js'
import { proxyNet } from './proxy-net.js'

/** One of the kind that is asked for; a proxy, which always can be made, where the kernel's own can't. */
export async function openNet(kind: Net['kind'], names: readonly string[]): Promise<Net> {
  return (kind === 'namespaces' ? await namespaceNet(names) : undefined) ?? proxyNet(names)
}
