/** Where the tables of a run go in a document. */
import { describe, expect, it } from 'vitest'
import { type SavedRun, withBlocks } from '../bench/peers/report/saved.js'

const run: SavedRun = {
  date: '2026-11-22',
  command: 'npm run bench:peers',
  minutes: 27,
  environment: { cores: 2, cpu: 'a processor', memory: '8 GB', os: 'Linux 6.18', disk: 'xfs', node: 'v20.20.2' },
  peers: [
    {
      id: 'roscius',
      name: 'Roscius',
      settings: '',
      versions: {},
      works: { step: { promise: 'durable', lacks: '', figures: { 'step-1.p50': 0.3 } } },
    },
  ],
}

describe('the blocks of a document', () => {
  it('are filled again when they have been filled before', () => {
    const text = 'above\n<!-- peers:main -->\nold\n<!-- /peers:main -->\nbelow'
    const filled = withBlocks('README.md', text, run)
    expect(filled).not.toContain('old')
    expect(filled).toMatch(/^above\n<!-- peers:main -->\n\|[\s\S]*\n<!-- \/peers:main -->\nbelow$/)
    expect(withBlocks('README.md', filled, run)).toBe(filled)
  })

  it.each([
    ['none', 'no marks'],
    ['only the first', '<!-- peers:main -->'],
    ['only the last', '<!-- /peers:main -->'],
    ['them the wrong way round', '<!-- /peers:main --> <!-- peers:main -->'],
  ])('are refused in a text that has %s of their marks', (_what, text) => {
    expect(() => withBlocks('README.md', text, run)).toThrow('README.md has no place for main')
  })
})
