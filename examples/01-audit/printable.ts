const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** `text` with control and formatting characters written as `\u{…}`: a file name must not steer the reader's terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
}

/** The same for a text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** At most `length` characters of `text`, never half of one, with an ellipsis where it was cut. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text.toWellFormed()
  const chars = [...text.slice(0, length * 2)]
  return chars.length <= length
    ? text.toWellFormed()
    : `${chars
        .slice(0, length - 1)
        .join('')
        .toWellFormed()}…`
}
