/**
 * What comes from elsewhere, as a line that can't change what the terminal shows: control and direction characters are
 * escaped, and it is cut where it is too long.
 */

const LINE_CHARS = 400

/** One line, cut where it is too long. */
export function line(text: string, max = LINE_CHARS): string {
  const cut = text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`
  return escaped(cut)
}

/** Control characters, line breaks, and those that turn the direction of text or have no width. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16)
    return SHORT[char] ?? `\\u{${code}}`
  })
}

/** A value as JSON over several lines, which can't steer a terminal either: JSON itself leaves some of those characters as they are. */
export function jsonText(value: unknown, indent: number | undefined = 2): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null'
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => (char === '\n' ? char : units(char)))
}

function units(char: string): string {
  return [...Array(char.length).keys()].map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
