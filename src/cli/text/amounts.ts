/** Counts and sizes in a few characters. */

const STEP = 1_000
const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const

/** `9980`, `12k`, `4.7M`: five characters at most. */
export function shortCount(count: number): string {
  if (count < 10 * STEP) return String(count)
  const [value, unit] = scaled(count)
  return `${value}${unit}`
}

/** `0 B`, `80 kB`, `1.2 MB`; 1 kB is 1 000 bytes. */
export function bytesText(bytes: number): string {
  const [value, unit] = scaled(bytes)
  return `${value} ${unit}B`
}

/** The same without the space: `1.2MB`. */
export function shortBytes(bytes: number): string {
  return bytesText(bytes).replace(' ', '')
}

/** With two digits or three, and their unit. */
function scaled(amount: number): readonly [value: string, unit: string] {
  let [value, unit] = [amount, 0]
  // What would be rounded up to the next unit is in that.
  for (; Math.round(value) >= STEP && unit < UNITS.length - 1; unit++) value /= STEP
  return [unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value)), UNITS[unit] ?? '']
}
