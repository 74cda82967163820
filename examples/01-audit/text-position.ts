/** Turns offsets of one text into line and column, both counted from 1. Cheapest for offsets that ascend. */
export function createPositions(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  return (offset) => {
    if (offset < lineStart) {
      line = 1
      lineStart = 0
    }
    for (let next = text.indexOf('\n', lineStart); next !== -1 && next < offset; next = text.indexOf('\n', lineStart)) {
      line += 1
      lineStart = next + 1
    }
    return { line, column: offset - lineStart + 1 }
  }
}
