/** The few colours that the terminal output uses. */
export interface Palette {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
}

/** Colours as ANSI escapes; without `isColoured` the text stays as it is. */
export function createPalette(isColoured: boolean): Palette {
  const style = (open: number, close: number) => (text: string) =>
    isColoured ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return { bold: style(1, 22), dim: style(2, 22), good: style(32, 39), warn: style(33, 39), bad: style(31, 39) }
}
