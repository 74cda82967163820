/** How much room a text takes on a terminal, and how it is cut and padded to a room. Control characters are `printable.ts`' affair. */

/** Those that terminals give two columns: the scripts of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1B000}-\u{1B2FF}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u
/** What is drawn over the character before it. */
const MARK = /\p{M}/u
const PLAIN = /^[\x20-\x7E]*$/

/** Columns that a line takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const char of text) width += widthOfChar(char)
  return width
}

function widthOfChar(char: string): number {
  if (char <= '\u007E') return 1
  // A picture that is asked for takes the room of one.
  if (char === '\uFE0F') return 1
  return MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1
}

/** No wider than `width`; `…` stands for what is missing. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let [kept, taken] = ['', 0]
  for (const char of text) {
    taken += widthOfChar(char)
    if (taken > width - 1) break
    kept += char
  }
  return `${kept}…`
}

/** The same, of which the end is kept: what a path or a name is told apart by. */
export function fittedEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let [kept, taken] = ['', 0]
  for (const char of [...text].reverse()) {
    taken += widthOfChar(char)
    if (taken > width - 1) break
    kept = `${char}${kept}`
  }
  return `…${kept}`
}

/** Exactly `width` wide; a longer one is cut, by `cutTo`. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'left', cutTo = fitted): string {
  const cut = cutTo(text, width)
  const room = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return side === 'left' ? `${cut}${room}` : `${room}${cut}`
}
