import type { EventObject, MachineContext } from 'xstate'

/** What an expression of the ECMAScript data model sees: the data as variables, and `_event`. */
interface Scope {
  readonly context: MachineContext
  readonly event: EventObject
}

type Program = (context: MachineContext, event: { name: string; data: unknown }, sessionId: undefined) => unknown

/** The cases are scripts of the W3C's suite, so compiling them is what running them means. `with` needs sloppy mode. */
function compile(body: string): Program {
  return new Function('context', '_event', '_sessionid', `with (context) { ${body} }`) as Program
}

function run(program: Program, { context, event }: Scope): unknown {
  const data = 'output' in event ? event.output : event
  return program(context, { name: event.type, data }, undefined)
}

/** A function that evaluates an SCXML value expression. */
export function toValue(expression: string): (scope: Scope) => unknown {
  const program = compile(`return (${expression});`)
  return (scope) => run(program, scope)
}

/** A function that evaluates an SCXML condition. */
export function toCondition(expression: string): (scope: Scope) => boolean {
  const value = toValue(expression)
  return (scope) => Boolean(value(scope))
}

/** A function that runs statements against a copy of the data and returns what they left in it. */
export function toScript(statements: string): (scope: Scope) => MachineContext {
  const program = compile(statements)
  return ({ context, event }) => {
    const copy = { ...context }
    run(program, { context: copy, event })
    return copy
  }
}

const DURATION = /^(\d*\.?\d+)(ms|s)$/

/** Milliseconds of an SCXML duration: `10ms`, `1.5s`, `.5s`. */
export function durationToMs(duration: string): number {
  const [, amount, unit] = DURATION.exec(duration.trim()) ?? []
  if (amount === undefined) throw new Error(`not an SCXML duration: "${duration}"`)
  return Math.round(Number(amount) * (unit === 's' ? 1000 : 1))
}
