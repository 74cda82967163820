import { describe, expect, test } from 'vitest'
import { createProgress, renderBar } from '../../../examples/01-audit/progress.js'

function recorded(isTTY: boolean) {
  const written: string[] = []
  return { written, output: { isTTY, columns: 60, write: (text: string) => written.push(text) } }
}

describe('progress', () => {
  test('is a plain line for each tenth where there is no terminal', () => {
    const { written, output } = recorded(false)
    const progress = createProgress(output, () => 0)
    for (let done = 0; done <= 2_000; done += 1) progress.update(done, 2_000)
    progress.end()
    expect(written).toHaveLength(11)
    expect(written[0]).toBe('read 0 of 2 000 files\n')
    expect(written.at(-1)).toBe('read 2 000 of 2 000 files\n')
  })

  test('redraws one line of a terminal, not more often than it can be seen, and clears it in the end', () => {
    const { written, output } = recorded(true)
    let now = 0
    const progress = createProgress(output, () => now)
    progress.update(0, 10)
    progress.update(1, 10)
    now = 100
    progress.update(2, 10)
    progress.update(10, 10)
    progress.end()
    expect(written).toHaveLength(4)
    expect(written.every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true)
    expect(written.at(-1)).toBe('\r\u001b[K')
  })

  test('fits the width of the terminal', () => {
    for (const columns of [10, 20, 40, 80, 200]) expect(renderBar(5, 10, columns).length).toBeLessThan(columns)
    expect(renderBar(0, 0, 80)).toContain('█'.repeat(40))
  })
})
