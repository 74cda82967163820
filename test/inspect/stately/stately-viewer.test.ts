import { describe, expect, test } from 'vitest'
import { StatelyViewer } from '../../../src/inspect/stately/stately-viewer.js'

function viewing(): { viewer: StatelyViewer; sent: string[]; sink: { isNotReady?: boolean } } {
  const sent: string[] = []
  const sink: { isNotReady?: boolean } = {}
  const viewer = new StatelyViewer({ isReady: () => sink.isNotReady !== true, send: (text) => void sent.push(text) })
  return { viewer, sent, sink }
}

describe('a viewer of the Stately protocol', () => {
  test('forgets what has left an actor when that is heard of again, not before its end could be told', () => {
    const { viewer, sent } = viewing()
    viewer.introduce('a', () => 'a is here')
    viewer.introduce('a#1', () => 'a#1 is here')
    viewer.keepInside('a', new Set(['a#1']))
    viewer.keepInside('a', new Set())
    viewer.tell('a#1', () => ['a#1 is done'])
    expect(sent).toEqual(['a is here', 'a#1 is here', 'a#1 is done'])
    viewer.keepInside('a', new Set())
    expect(viewer.knows('a#1')).toBe(false)
    expect(viewer.knows('a')).toBe(true)
  })

  test('forgets an actor with all that is inside of it, and what it missed of that', () => {
    const { viewer, sink } = viewing()
    for (const session of ['a', 'a#1', 'b']) viewer.introduce(session, () => session)
    sink.isNotReady = true
    for (const session of ['a', 'a#1', 'b']) viewer.tell(session, () => ['more'])
    viewer.forget('a')
    expect([...viewer.missed]).toEqual(['b'])
    expect(['a', 'a#1', 'b'].filter((session) => viewer.knows(session))).toEqual(['b'])
  })

  test('remembers of what it could not be told of inside an actor that actor alone', () => {
    const { viewer, sent, sink } = viewing()
    viewer.introduce('a', () => 'a')
    sink.isNotReady = true
    for (let n = 0; n < 100; n++) {
      expect(viewer.introduce(`a#${n}`, () => 'never')).toBe(false)
      viewer.tell(`a#${n}`, () => ['never'])
    }
    expect([...viewer.missed]).toEqual(['a'])
    expect(sent).toEqual(['a'])
  })
})
