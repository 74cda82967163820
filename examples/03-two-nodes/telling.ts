/** The timeline and the count, as text for a terminal of 100 columns. */
import { styleText } from 'node:util'
import type { Verdict } from './count.js'
import type { Notice, Role } from './notice.js'
import { JOBS, WORKERS } from './office.js'

const NAMES = `${WORKERS.slice(0, -1).join(', ')} and ${WORKERS.at(-1)}`

export class Timeline {
  readonly #startMs = performance.now()

  constructor(
    private readonly write: (text: string) => unknown,
    private readonly isColoured: boolean,
  ) {}

  heading(text: string): void {
    this.write(`\n${text}\n\n`)
  }

  /** What is done to the two. */
  deed(text: string): void {
    this.#line('', this.isColoured ? styleText(['bold', 'red'], `> ${text}`) : `> ${text}`)
  }

  /** What one of the two tells of itself. */
  notice(role: Role, pid: number, notice: Notice): void {
    const text = textOf(pid, notice)
    if (text !== undefined) this.#line(role, text)
  }

  #line(role: Role | '', text: string): void {
    const seconds = ((performance.now() - this.#startMs) / 1_000).toFixed(2).padStart(5)
    this.write(`   ${seconds} s  ${role.padEnd(8)}  ${text}\n`)
  }
}

function textOf(pid: number, notice: Notice): string | undefined {
  switch (notice.type) {
    case 'open':
      return `is open, in process ${pid}${notice.found === 0 ? '' : `: finds ${notice.found} jobs done, and goes on`}`
    case 'hired':
      return `${NAMES} are started in the workshop, and watched`
    case 'linkUp':
      return `the link is up; ${notice.waiting} messages have waited for it`
    case 'linkLost':
      return 'the link is lost'
    case 'nodeDown':
      return 'has heard nothing of the workshop for 3 s: nodeDown'
    case 'away':
      return 'the foreman is told of each worker: terminated, nodeDown'
    case 'back':
      return 'all of them have reported again; the foreman watches them anew'
    case 'reported':
      return `${notice.count} of ${JOBS} jobs are reported`
    case 'broken':
      return 'a worker has ended for good, which none of them should'
    case 'counted':
      return undefined
  }
}

const COLUMNS = ['handedOut', 'done', 'reported', 'twice', 'lost'] as const
const HEADS = { handedOut: 'handed out', done: 'done', reported: 'reported', twice: 'twice', lost: 'lost' }

export function verdictText({ rows, total, begun, effects, deadLetters, isRight }: Verdict): string {
  const head = COLUMNS.map((column) => HEADS[column].padStart(12)).join('')
  const lines = [...rows, total].map(
    (row) => `   ${row.worker.padEnd(8)}${COLUMNS.map((column) => String(row[column]).padStart(12)).join('')}`,
  )
  const again = begun - effects
  return [
    `   ${' '.repeat(8)}${head}`,
    ...lines,
    '',
    `   Work was begun ${begun} times under ${effects} effect ids: ${again} were under way when the workshop was killed,`,
    '   and were begun again under the same id.',
    `   Dead letters: ${deadLetters}.`,
    '',
    `   ${isRight ? 'Each job was done once.' : 'SOMETHING IS WRONG: see the table.'}`,
    '',
  ].join('\n')
}
