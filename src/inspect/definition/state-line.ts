/** XState's state value in one line: `working.asking + clock.running`; empty for a machine without states. */
export function stateLine(value: unknown): string {
  return leavesOf(value).join(' + ')
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const leaves = leavesOf(inner)
    return leaves.length === 0 ? [key] : leaves.map((leaf) => `${key}.${leaf}`)
  })
}
