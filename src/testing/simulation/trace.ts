/**
 * What happened in a simulation, line by line.
 *
 * 1. A line is made of times, paths, names, types and codes: of nothing that another version of Node words differently.
 */
import type { SystemEvent } from '../../core/events.js'
import type { CallNote } from './faulty-call.js'

export class Trace {
  readonly lines: string[] = []

  constructor(private readonly nowMs: () => number) {}

  add(what: string, detail = ''): void {
    const time = this.nowMs().toFixed(0).padStart(9)
    this.lines.push(`${time} ${what}${detail === '' ? '' : ` ${detail}`}`)
  }

  call({ kind, name, path, what, fault, value }: CallNote): void {
    const said = what === 'failed' ? codeOf(value) : what === 'answered' ? answerOf(value) : turnOf(value)
    this.add(`${path} ${kind} ${name} ${what}`, [said, fault && what === 'asked' ? `(${fault})` : ''].join(' ').trim())
  }

  event({ type, ...fields }: SystemEvent): void {
    const said = Object.entries(fields).flatMap(([name, value]) => fieldText(name, value))
    this.add(type, said.join(' '))
  }

  text(): string {
    return this.lines.join('\n')
  }
}

/** Of an error its code or name: messages are worded differently by other versions of Node. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const { code, name, statusCode } = error as { code?: unknown; name?: unknown; statusCode?: unknown }
  return String(statusCode ?? (typeof code === 'string' ? code : name) ?? 'error')
}

function fieldText(name: string, value: unknown): string[] {
  if (value === undefined) return []
  if (name === 'error') return [`error=${codeOf(value)}`]
  if (typeof value === 'string') return [`${name}=${value.slice(0, 80).replaceAll('\n', ' ')}`]
  return typeof value === 'number' || typeof value === 'boolean' ? [`${name}=${value}`] : []
}

function turnOf(input: unknown): string {
  const turn = (input as { readonly turn?: unknown } | null)?.turn
  return typeof turn === 'number' ? `turn=${turn}` : ''
}

function answerOf(answer: unknown): string {
  const event = (answer as { readonly event?: { readonly type?: unknown; readonly tool?: unknown } } | null)?.event
  const { type, tool } = event ?? {}
  return [type, tool].filter((word) => typeof word === 'string').join(' ')
}
