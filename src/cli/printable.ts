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

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
