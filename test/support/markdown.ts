/** The parts of a Markdown page that a test can check: its code, its headings, its links. */

export interface Fence {
  /** What stands behind the three backticks: a language and perhaps more words. */
  readonly info: string
  readonly code: string
  /** The line of the page on which the code begins, counted from 1. */
  readonly line: number
}

const FENCE = /^( *)```([^\n`]*)\n([\s\S]*?)^ *```\s*$/gm
const LINK = /!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|\b(?:src|href|srcset)="([^"]+)"/g

export function fencesOf(page: string): Fence[] {
  return [...page.matchAll(FENCE)].map(({ index, 2: info = '', 3: code = '' }) => ({
    info: info.trim(),
    code,
    line: page.slice(0, index).split('\n').length + 1,
  }))
}

export function linksOf(page: string): string[] {
  return [...withoutCode(page).matchAll(LINK)].map(([, target, attribute]) => target ?? attribute ?? '')
}

/** Headings as they are written, without their hashes. */
export function headingsOf(page: string): string[] {
  return [...page.replace(FENCE, '').matchAll(/^#{1,6} +(.+?)\s*$/gm)].map(([, heading = '']) => heading)
}

/** The anchors that a page offers, made from its headings in GitHub's way. */
export function anchorsOf(page: string): string[] {
  return headingsOf(page).map((heading) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCode(page: string): string {
  return page.replace(FENCE, '').replace(/`[^`\n]*`/g, '')
}
