import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/persistence/codec.js'
import { type EndingNote, packEndingNote, unpackEndingNote } from '../../src/persistence/ending-note.js'

const codec = createCodec(undefined)

describe('the note of an ending', () => {
  it('is read as it was written', () => {
    const notes: EndingNote[] = [
      {
        scope: 'withItself',
        graceMs: 5_000,
        reason: 'cancelled',
        before: 2 ** 33 + 7,
        cancelEvent: true,
        why: 'enough',
      },
      { scope: 'below', graceMs: 'kill', reason: 'stopped', before: 1, cancelEvent: false, why: undefined },
      { scope: 'restart', graceMs: 'infinity', reason: 'shutdown', before: 9, cancelEvent: false, why: undefined },
    ]
    for (const note of notes) expect(unpackEndingNote(codec, packEndingNote(codec, note), 'z/a')).toEqual(note)
  })

  it('of an older store says only whether the actor itself was to end', () => {
    const old = { graceMs: 'kill', reason: 'stopped', cancelEvent: false, why: undefined }
    expect(unpackEndingNote(codec, new Uint8Array(0), 'z/a')).toMatchObject({ ...old, scope: 'below' })
    expect(unpackEndingNote(codec, Uint8Array.of(1), 'z/a')).toMatchObject({ ...old, scope: 'withItself' })
  })

  it('that lacks fields is damage, named by its key', () => {
    expect(() => unpackEndingNote(codec, codec.encode(['below']), 'z/a')).toThrow(
      expect.objectContaining({ code: 'RECORD_CORRUPT', address: 'z/a' }),
    )
  })
})
