/**
 * Text that actors, brains and tools have made, as it can be shown to a person who has to judge it.
 *
 * Control characters and those that turn or hide text are written out, so that what is read is what is there.
 */

const HIDING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
const ENDS = /[\t\n]+/g

/** With its lines. Longer than `max` characters: cut, and ended with `…`. */
export function plain(text: string, max = 20_000): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text
  return cut.toWellFormed().replace(HIDING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** In one line. */
export function plainLine(text: string, max = 400): string {
  return plain(text, max).replace(ENDS, ' ')
}
