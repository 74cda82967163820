/** The picture of a run. */
import { describe, expect, it } from 'vitest'
import type { Promised, WorkName } from '../bench/peers/peer.js'
import { chart } from '../bench/peers/report/chart.js'
import type { PeerResult } from '../bench/peers/results.js'

describe('the chart', () => {
  it('has the best on top, whether that is the least or the most', () => {
    const times = drawn(peer('roscius', { 'step-1.p50': 3 }), peer('dbos', { 'step-1.p50': 1 }))
    expect(namesIn(times)).toEqual(['dbos', 'roscius'])
    const rates = drawn(peer('roscius', { 'step-64.rate': 3 }), peer('dbos', { 'step-64.rate': 1 }))
    expect(namesIn(rates)).toEqual(['roscius', 'dbos'])
  })

  it.each<[Promised, string]>([
    ['tearable', 'may tear'],
    ['written', 'by the system'],
    ['memory', 'in memory'],
  ])('has a pale bar for a durable step that is only %s, and says so', (promise, words) => {
    const svg = drawn(peer('roscius', { 'step-1.p50': 1 }), peer('nact', { 'step-1.p50': 2 }, 'step', promise))
    expect(namesIn(svg)).toEqual(['roscius', `nact (${words})`])
    expect(classesOf(svg)).toEqual(['own', 'less'])
  })

  it('pales nobody where nothing is asked to be kept', () => {
    const svg = drawn(
      peer('roscius', { 'remote.ask': 1 }, 'remote', 'memory'),
      peer('nats', { 'remote.ask': 2 }, 'remote', 'memory'),
      peer('restate', { 'remote.ask': 4 }, 'remote', 'durable'),
    )
    expect(classesOf(svg)).toEqual(['own', 'peer', 'peer'])
  })

  it('names a figure of zero or less, and draws no bar for it', () => {
    const svg = drawn(
      peer('roscius', { 'sleep.memory': 0 }, 'sleep'),
      peer('dbos', { 'sleep.memory': -20 }, 'sleep'),
      peer('xstate', { 'sleep.memory': 4_000 }, 'sleep'),
    )
    expect(namesIn(svg)).toEqual(['dbos', 'roscius', 'xstate'])
    expect(svg).toContain('>-20: no bar<')
    expect(svg).toContain('>0: no bar<')
    expect(widthsOf(svg)).toEqual([0, 0, expect.any(Number)])
    expect(svg).not.toContain('NaN')
  })

  it('leaves out a panel with nobody to compare with', () => {
    expect(namesIn(drawn(peer('roscius', { 'step-1.p50': 1 })))).toEqual([])
  })

  it('escapes what has a meaning in XML', () => {
    const odd = { ...peer('odd', { 'step-1.p50': 2 }), name: 'Fast & <durable>' }
    const svg = chart({ peers: [peer('roscius', { 'step-1.p50': 1 }), odd] }, 'on a < b')
    expect(svg).toContain('>Fast &amp; &lt;durable&gt;<')
    expect(svg).toContain('on a &lt; b')
  })
})

function drawn(...peers: readonly PeerResult[]): string {
  return chart({ peers }, '')
}

function peer(
  id: string,
  figures: Readonly<Record<string, number>>,
  work: WorkName = 'step',
  promise: Promised = 'durable',
): PeerResult {
  return { id, name: id, settings: '', versions: {}, works: { [work]: { promise, lacks: '', figures } } }
}

function namesIn(svg: string): readonly string[] {
  return [...svg.matchAll(/<text class="name [^>]*>([^<]*)</g)].map(([, name]) => name ?? '')
}

function classesOf(svg: string): readonly string[] {
  return bars(svg).map(([, kind]) => kind ?? '')
}

function widthsOf(svg: string): readonly number[] {
  return bars(svg).map(([, , width]) => Number(width))
}

function bars(svg: string): readonly RegExpMatchArray[] {
  return [...svg.matchAll(/<rect class="(own|peer|less)"[^>]* width="([\d.]+)"/g)]
}
