/**
 * `npm run bench -- [--json] [--quick] [--only <suite, or row, or the start of a row's name>]`
 *
 * Each figure stands beside its baseline from the same run. Progress goes to stderr; stdout holds the report alone:
 * a table, or with `--json` one object `{ rows, environment }`. Exits 1 when a row couldn't be measured; a missed goal
 * is a finding, no failure.
 */
import { parseArgs } from 'node:util'
import type { Bench } from './harness/bench.js'
import { inChild } from './harness/child.js'
import { environment, table } from './harness/report.js'
import type { Row } from './harness/row.js'
import { benches } from './suites.js'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})

const rows: Row[] = []
const chosen = benches.filter((bench) => bench.ids.some(isWanted))
if (chosen.length === 0)
  fail(
    `no row matches --only ${options.only.join(' ')}; there are:\n${benches.flatMap((bench) => bench.ids).join('\n')}`,
  )
for (const [index, bench] of chosen.entries()) await measure(bench, `${index + 1}/${chosen.length}`)
process.stdout.write(
  options.json ? `${JSON.stringify({ rows, environment: environment() }, null, 2)}\n` : `${table(rows)}\n`,
)

async function measure(bench: Bench, position: string): Promise<void> {
  const start = performance.now()
  process.stderr.write(`${position} ${bench.ids.join(' ')} … `)
  try {
    const measured = await inChild<readonly Row[]>({
      module: new URL('./suites.js', import.meta.url).href,
      name: 'runBench',
      argument: { id: bench.ids[0], quick: options.quick },
    })
    rows.push(...measured.filter((row) => isWanted(row.id)))
    process.stderr.write(`${((performance.now() - start) / 1_000).toFixed(1)} s\n`)
  } catch (error) {
    fail(`${bench.ids.join(' ')}: ${String(error)}`)
  }
}

function isWanted(id: string): boolean {
  return (
    options.only.length === 0 ||
    options.only.some((wanted) => id === wanted || id.startsWith(`${wanted}.`) || id.startsWith(`${wanted}-`))
  )
}

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`)
  process.exitCode = 1
}
