/** Ways to write a text so that a filter does not see it and a reader does. */

const TAG_BASE = 0xe0000
const CONFUSABLE: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  i: 'і',
  j: 'ј',
  o: 'о',
  p: 'р',
  s: 'ѕ',
  u: 'υ',
  x: 'х',
  y: 'у',
}

function mapped(text: string, change: (char: string, code: number) => string): string {
  return [...text].map((char) => change(char, char.codePointAt(0) ?? 0)).join('')
}

function rotated(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char <= 'Z' ? 65 : 97
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base)
  })
}

/** By name, as in `⟦base64|text⟧`. */
export const CARRIERS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  percent: (text) =>
    mapped(text, (_, code) =>
      code < 128 ? `%${code.toString(16).padStart(2, '0')}` : encodeURIComponent(String.fromCodePoint(code)),
    ),
  rot13: rotated,
  reversed: (text) => [...text].reverse().join(''),
  entities: (text) => mapped(text, (_, code) => `&#${code};`),
  /** The invisible tag characters of Unicode. */
  tags: (text) => mapped(text, (_, code) => String.fromCodePoint(TAG_BASE + code)),
  zeroWidth: (text) => mapped(text, (char) => `${char}\u200b`),
  fullwidth: (text) =>
    mapped(text, (char, code) => (code > 32 && code < 127 ? String.fromCodePoint(code + 0xfee0) : char)),
  homoglyph: (text) => mapped(text, (char) => CONFUSABLE[char] ?? char),
  spaced: (text) => [...text].join(' '),
  /** Shown in the right order, stored in the reverse one. */
  override: (text) => `\u202e${[...text].reverse().join('')}\u202c`,
}

/** The text as a reader makes it out who tries everything: itself first, then every way to read it. */
export function readings(text: string): string[] {
  const plain = folded(text)
  const hidden = mapped(text, (_, code) =>
    code >= TAG_BASE && code < TAG_BASE + 128 ? String.fromCodePoint(code - TAG_BASE) : '',
  )
  const chunks = [...text.matchAll(/[A-Za-z0-9+/=_-]{16,}/g)].map(([chunk]) => chunk)
  const decoded = chunks.flatMap((chunk) => [
    Buffer.from(chunk, 'base64').toString(),
    Buffer.from(chunk, 'hex').toString(),
  ])
  const all = [text, plain, hidden, ...decoded, unescaped(text), rotated(text), CARRIERS.reversed?.(text) ?? '']
  return [...new Set(all)].filter((reading) => reading !== '')
}

const LETTERS = new Map(Object.entries(CONFUSABLE).map(([letter, twin]) => [twin, letter]))

/** Without invisible characters, and with the letters that the others look like. */
export function folded(text: string): string {
  const visible = text.normalize('NFKC').replace(/[\p{Cf}\u{e0000}-\u{e007f}]/gu, '')
  return mapped(visible, (char) => LETTERS.get(char) ?? char)
}

function unescaped(text: string): string {
  const characters = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
  return characters.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
}
