/** Numbers, sizes, money and times as people read them. */

const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const
const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `1 234 567`, as the node writes counts, and on one line. */
export function groupedText(count: number): string {
  return GROUPED.format(count).replaceAll(',', '\u00a0')
}

/** `9 980`, `12k`, `4.7M`. */
export function countText(count: number): string {
  if (Math.abs(count) < 10_000) return groupedText(count)
  const [value, unit] = scaled(count)
  return value + unit
}

/** `1.2 MB`; 1 kB is 1 000 bytes. */
export function bytesText(bytes: number): string {
  const [value, unit] = scaled(bytes)
  return `${value} ${unit}B`
}

function scaled(amount: number): readonly [value: string, unit: string] {
  let [value, unit] = [amount, 0]
  for (; Math.round(value) >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000
  return [unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value)), UNITS[unit] ?? '']
}

/** `0.4`, `12`, `1 250`: of something a second. */
export function rateText(rate: number): string {
  if (rate === 0) return '0'
  if (rate < 0.1) return '<0.1'
  return rate < 9.95 ? rate.toFixed(1) : countText(Math.round(rate))
}

/** `0.4 ms`, `12 ms`, `1.5 s`: how long something took. */
export function spanText(ms: number): string {
  if (ms < 1) return `${ms < 0.05 ? 0 : ms.toFixed(1)} ms`
  if (ms < 1_000) return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`
  return durationText(ms)
}

const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `3 s`, `5 min`, `2 h 10 min`, `4 d 3 h`: the two largest units. */
export function durationText(ms: number): string {
  const first = STEPS.findIndex(([, size]) => ms >= size)
  if (first < 0) return '0 s'
  const [unit, size] = STEPS[first] as (typeof STEPS)[number]
  const whole = Math.floor(ms / size)
  const next = STEPS[first + 1]
  const rest = next === undefined || whole >= 10 ? 0 : Math.floor((ms - whole * size) / next[1])
  return rest === 0 || next === undefined ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[0]}`
}

/** Of a budget: `$1.20`, `12k`, `3 min`. */
export function amountText(dimension: string, amount: number): string {
  if (/usd$/i.test(dimension))
    return `$${amount < 1 && amount > 0 ? amount.toFixed(4).replace(/0{1,2}$/, '') : amount.toFixed(2)}`
  if (/Ms$/.test(dimension)) return durationText(amount)
  return countText(amount)
}

/** `inputTokens` is `input tokens`; `costUsd` is `cost`. */
export function wordsOf(name: string): string {
  if (name === 'costUsd') return 'cost'
  if (name === 'wallMs') return 'time'
  return name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
}

/** `1 actor`, `2 actors`. */
export function many(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** `14:03:09`, or `3 Nov 14:03:09` on another day. */
export function clockText(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString()
  return isToday ? CLOCK.format(atMs) : `${DAY.format(atMs)} ${CLOCK.format(atMs)}`
}

/** With milliseconds: `14:03:09.120`. */
export function exactClockText(atMs: number): string {
  return `${CLOCK.format(atMs)}.${String(Math.floor(atMs % 1_000)).padStart(3, '0')}`
}
