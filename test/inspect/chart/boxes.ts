import type { Box, PlacedChart } from '../../../src/inspect/chart/placed-chart.js'

const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width - 1 &&
  other.x < one.x + one.width - 1 &&
  one.y < other.y + other.height - 1 &&
  other.y < one.y + one.height - 1

const within = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

/** What lies over what: states without states in them, and labels. And what is not in the picture. */
export function misplaced({ states, transitions, ...size }: PlacedChart): string[] {
  const whole = { x: 0, y: 0, ...size }
  const labels = transitions
    .filter(({ label }) => label.width > 0)
    .map(({ ids, label }) => ({ id: ids.join(), box: label }))
  const leaves = states.filter((_, index) => (states[index + 1]?.depth ?? 0) <= states[index]!.depth)
  const boxes = [...leaves, ...labels]
  return [
    ...[...states, ...labels].filter(({ box }) => !within(box, whole)).map(({ id }) => `${id} is outside`),
    ...boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .flatMap((other) => (overlap(one.box, other.box) ? [`${one.id} lies over ${other.id}`] : [])),
    ),
  ]
}
