import { websocketTransport } from 'roscius'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, type Certified } from '../transport/certificates.js'
import { freePort } from '../transport/sockets.js'
import { LinkedSystems, type NodeOptions } from './linked-systems.js'

const systems = new LinkedSystems()
let authority: Authority
let of: Record<'a' | 'b' | 'c', Certified>

beforeAll(() => {
  authority = new Authority()
  of = { a: authority.certify('/CN=a'), b: authority.certify('/CN=b'), c: authority.certify('/CN=c') }
})
afterAll(() => authority[Symbol.dispose]())

async function ends() {
  const port = await freePort()
  const dialler = (certified: Certified): NodeOptions => ({
    transport: websocketTransport({ tls: { ...certified, ca: authority.ca } }),
    peers: { b: { address: `wss://127.0.0.1:${port}`, allow: 'everything' } },
    auth: { certificates: true },
  })
  const listener = (peers: NodeOptions['peers'], certified = of.b): NodeOptions => ({
    listen: { port, tls: { ...certified, ca: authority.ca, requireClientCertificate: true } },
    peers,
    auth: { certificates: true },
  })
  return { dialler, listener }
}

describe('two nodes that show certificates', () => {
  test('are linked without a shared secret, and actors are reached', async () => {
    const { dialler, listener } = await ends()
    await systems.open('b', listener({ a: { allow: 'everything' } }))
    await systems.open('a', dialler(of.a))
    const t = await systems.system('a').peer('b').spawn('tally', { id: 't' })
    expect(await t.deliver({ type: 'ADD', n: 1 })).toMatchObject({ outcome: 'handled' })
  })

  test('are not if the caller gives another name than that in its certificate', async () => {
    const { dialler, listener } = await ends()
    await systems.open('b', listener({ a: { allow: 'everything' }, c: {} }))
    await systems.open('a', dialler(of.c))
    expect(await systems.faultOf('a', 'b')).toMatchObject({ code: 'NAME_MISMATCH', by: 'peer' })
    expect(systems.figures('b', 'a')?.connections).toBe(0)
  })

  test('are not if the node that was dialled has the certificate of another', async () => {
    const { dialler, listener } = await ends()
    await systems.open('b', listener({ a: { allow: 'everything' } }, of.c))
    await systems.open('a', dialler(of.a))
    expect(await systems.faultOf('a', 'b')).toMatchObject({ code: 'NAME_MISMATCH', by: 'self' })
    expect(systems.figures('b', 'a')?.connections).toBe(0)
  })

  test('are not if the name is nobody here: a good certificate alone is answered as a wrong key', async () => {
    const { dialler, listener } = await ends()
    await systems.open('b', listener({ a: { allow: 'everything' } }))
    await systems.open('c', dialler(of.c))
    expect(await systems.faultOf('c', 'b')).toMatchObject({ code: 'AUTH_FAILED', by: 'peer' })
    expect(
      systems
        .system('b')
        .peers()
        .map(({ peer }) => peer),
    ).toEqual(['a'])
  })
})
