import type { FileFinding } from './finding.js'

/** Findings in the order in which they came, in pages that are full but for the last. */
export type FindingPages = readonly (readonly FileFinding[])[]

const PAGE_SIZE = 100

/**
 * `pages` with one finding more. Only the last page is a new array: what is stored of the change is the finding, and finding the change
 * takes a look at a page's worth of entries, however many files were read before.
 */
export function addFinding(pages: FindingPages, finding: FileFinding): FindingPages {
  const last = pages.at(-1)
  if (last === undefined || last.length === PAGE_SIZE) return [...pages, [finding]]
  return [...pages.slice(0, -1), [...last, finding]]
}

export function countFindings(pages: FindingPages): number {
  return pages.length === 0 ? 0 : (pages.length - 1) * PAGE_SIZE + (pages.at(-1)?.length ?? 0)
}
