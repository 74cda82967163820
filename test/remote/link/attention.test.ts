import { describe, expect, it } from 'vitest'
import type { AssociationEvent } from '../../../machines/association/events.js'
import { Attention } from '../../../src/remote/link/attention.js'
import { Heartbeat } from '../../../src/remote/link/heartbeat.js'

const BEAT_MS = 1_000

function attending() {
  const told: AssociationEvent[] = []
  const outlook = { isWell: true, isDown: false }
  const heartbeat = new Heartbeat(BEAT_MS, false, 0)
  const attention = new Attention(
    BEAT_MS,
    (event) => told.push(event),
    () => outlook,
  )
  const hear = (ms: number): void => {
    heartbeat.hear(ms)
    attention.heard(ms, undefined)
  }
  /** What was told since the last look, as `TICKED 1000`. */
  const news = (): string[] =>
    told.splice(0).map((event) => `${event.type} ${'atMs' in event ? event.atMs : ''}`.trim())
  return { attention, heartbeat, outlook, hear, news }
}

describe('attention to a link', () => {
  /** Up at 0, heard at 900 and 1 800: it rests. */
  function resting() {
    const stage = attending()
    stage.attention.tick(0, 0)
    stage.attention.carries('c1', stage.heartbeat, 0)
    stage.hear(900)
    stage.attention.tick(1_000, 0)
    stage.news()
    return stage
  }

  it('tells nothing while the peer is heard regularly, however long that lasts', () => {
    const { attention, hear, news } = resting()
    for (let ms = 2_000; ms <= 100_000; ms += BEAT_MS) {
      hear(ms - 100)
      attention.tick(ms, ms - BEAT_MS)
    }
    expect(news()).toEqual([])
  })

  it('counts a silence from the last sign of life, with the tick that it has passed over', () => {
    const { attention, hear, news } = resting()
    hear(50_100)
    attention.tick(51_000, 50_000)
    expect(news()).toEqual([])
    attention.tick(52_000, 51_000)
    // 900 was told last: 51 000 and 52 000 are 900 and 1 900 ms after the last sign of life.
    expect(news()).toEqual(['TICKED 1800', 'TICKED 2800'])
    attention.tick(53_000, 52_000)
    expect(news()).toEqual(['TICKED 3800'])
  })

  it('takes a pause of this node for no more than its last tick says', () => {
    const { attention, hear, news } = resting()
    hear(50_100)
    attention.tick(51_000, 50_000)
    attention.tick(111_000, 51_000)
    // The detector counts no more than two heartbeats of the second step.
    expect(news()).toEqual(['TICKED 1800', 'TICKED 61800'])
  })

  it('tells at once that the peer is heard again, and rests when that goes on', () => {
    const { attention, hear, news } = resting()
    attention.tick(4_000, 3_000)
    news()
    hear(4_200)
    expect(news()).toEqual(['HEARD 4200'])
    attention.tick(5_000, 4_000)
    expect(news()).toEqual(['TICKED 5000'])
    hear(5_100)
    attention.tick(6_000, 5_000)
    expect(news()).toEqual(['HEARD 5100'])
  })

  it('tells no burst of frames, but all of it before anything else', () => {
    const { attention, hear, news } = resting()
    attention.tick(4_000, 3_000)
    hear(4_200)
    news()
    for (let ms = 4_201; ms <= 4_400; ms++) hear(ms)
    expect(news()).toEqual([])
    attention.rouse()
    expect(news()).toEqual(['HEARD 4400'])
  })

  it('does not rest while an answer is awaited', () => {
    const { attention, hear, news, outlook } = resting()
    attention.rouse()
    outlook.isWell = false
    hear(1_900)
    attention.tick(2_000, 1_000)
    expect(news()).toEqual(['HEARD 1900', 'TICKED 2000'])
  })

  it('counts from the last sign of life when the connection is gone, and rests when the peer is down', () => {
    const { attention, hear, news, outlook } = resting()
    hear(70_000)
    attention.drops()
    attention.tick(71_000, 70_000)
    expect(news()).toEqual(['TICKED 1900'])
    outlook.isDown = true
    attention.tick(72_000, 71_000)
    news()
    attention.tick(73_000, 72_000)
    expect(news()).toEqual([])
  })

  it('begins anew when the link comes up after a long time down', () => {
    const { attention, heartbeat, hear, news, outlook } = resting()
    attention.drops()
    outlook.isDown = true
    attention.tick(2_000, 1_000)
    news()
    outlook.isDown = false
    attention.carries('c2', heartbeat, 500_000)
    hear(500_700)
    attention.tick(501_000, 500_000)
    expect(news()[0]).toBe('HEARD 2700')
  })
})

describe('a heartbeat', () => {
  it('is due after half of one without a sign of life', () => {
    const heartbeat = new Heartbeat(BEAT_MS, false, 0)
    heartbeat.hear(600)
    expect([heartbeat.isDue(1_000), heartbeat.isDue(1_100)]).toEqual([false, true])
  })

  it('is left to the peer as long as its pings come regularly', () => {
    const heartbeat = new Heartbeat(BEAT_MS, true, 0)
    const pinged = (ms: number): void => {
      heartbeat.hear(ms)
      heartbeat.hearPing(ms)
    }
    pinged(1_000)
    expect(heartbeat.isDue(1_900)).toBe(true)
    pinged(2_000)
    expect(heartbeat.isDue(3_200)).toBe(false)
    expect(heartbeat.isDue(3_300)).toBe(true)
  })

  it('is asked for all the same when the round trip time is old', () => {
    const heartbeat = new Heartbeat(BEAT_MS, true, 0)
    for (let ms = 1_000; ms <= 30_000; ms += BEAT_MS) {
      heartbeat.hear(ms)
      heartbeat.hearPing(ms)
    }
    expect([heartbeat.isDue(29_999), heartbeat.isDue(30_000)]).toEqual([false, true])
  })

  it('measures a round trip by the answer to the last ping, and by no other', () => {
    const heartbeat = new Heartbeat(BEAT_MS, false, 0)
    const first = heartbeat.ask(0)
    const second = heartbeat.ask(100)
    expect(heartbeat.hearPong(first, 120)).toBeUndefined()
    expect(heartbeat.hearPong(second, 140)).toBe(40)
    expect(heartbeat.hearPong(second, 900)).toBeUndefined()
    expect(heartbeat.hearPong(heartbeat.ask(1_000), 1_120)).toBe(120)
    expect(heartbeat.rttMs).toBe(50)
  })
})
