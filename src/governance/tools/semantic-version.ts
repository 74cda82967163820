/** Versions of tools, in the order of https://semver.org. Build metadata is kept and doesn't count. */

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

/** Whether `text` is a version such as `1.4.0` or `2.0.0-beta.1`; at most 100 characters. */
export function isVersion(text: string): boolean {
  return text.length <= 100 && VERSION.test(text)
}

/** Whether the version is one before a release. */
export function isPrerelease(version: string): boolean {
  return VERSION.exec(version)?.[4] !== undefined
}

/** Below 0 if `a` is older than `b`, above 0 if it is newer. */
export function compareVersions(a: string, b: string): number {
  const [, majorA, minorA, patchA, beforeA] = VERSION.exec(a) ?? []
  const [, majorB, minorB, patchB, beforeB] = VERSION.exec(b) ?? []
  const numbers = compareLists([majorA, minorA, patchA], [majorB, minorB, patchB])
  if (numbers !== 0 || beforeA === beforeB) return numbers
  // A release is newer than what came before it.
  if (beforeA === undefined || beforeB === undefined) return beforeA === undefined ? 1 : -1
  return compareLists(beforeA.split('.'), beforeB.split('.'))
}

function compareLists(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareParts(a[index], b[index])
    if (order !== 0) return order
  }
  return 0
}

/** Numbers come before words, by size; a missing part comes before everything. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  if (isNumberA && a.length !== b.length) return a.length - b.length
  return a < b ? -1 : 1
}
