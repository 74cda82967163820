/**
 * Approvals as a person reads them who has to decide.
 *
 * What comes from a brain or a tool can't change what the terminal shows: control and direction characters are escaped, lines
 * are cut, and it is said where something is missing.
 */
import type { ToldApproval, ToldOutcome } from '../../control/protocol/approvals.js'
import { durationText, plural, timeAgo } from '../../runtime/phrases.js'
import { escaped, line } from './printable.js'

const LISTED_CHARS = 160
const ARGUMENT_LINES = 60
const ARGUMENT_CHARS = 6_000
const TRACE_STEPS = 12

export function listText(approvals: readonly ToldApproval[], isAll: boolean, status: string, nowMs: number): string {
  const many = isAll ? String(approvals.length) : `More than ${approvals.length}`
  const what = `${many} ${status === 'any' ? 'kept' : status} ${plural(approvals.length, 'approval')}`
  if (approvals.length === 0) return `No ${status === 'any' ? '' : `${status} `}approvals.\n`
  return `${[`${what}.`, ...approvals.map((approval) => blockOf(approval, nowMs))].join('\n\n')}\n`
}

function blockOf(approval: ToldApproval, nowMs: number): string {
  const { code, what, why, path, input, inputCut, id } = approval
  return [
    `${code}  ${riskText(approval)}  ${line(what, LISTED_CHARS)}`,
    field('asked by', `${line(path)}, ${timeAgo(nowMs - approval.askedMs)}`),
    field('status', statusText(approval, nowMs)),
    field('why', line(why, LISTED_CHARS)),
    field('arguments', line(inputCut === undefined ? JSON.stringify(input) : String(input), LISTED_CHARS)),
    field('id', line(id, 1_000)),
  ].join('\n')
}

/** All that there is to know before one decides. */
export function approvalText(approval: ToldApproval, nowMs: number): string {
  const { code, id, path, tool, toolVersion, what, why, goal, taskId, rule, because, policy, trace, settled } = approval
  const version = toolVersion === undefined ? '' : ` ${toolVersion}`
  return [
    `${code}  ${riskText(approval)}  ${line(what)}`,
    field('asked by', `${line(path)}, ${timeAgo(nowMs - approval.askedMs)}`),
    field('status', statusText(approval, nowMs)),
    ...(settled?.reason === undefined ? [] : [field('reason', line(settled.reason))]),
    field('tool', line(`${tool}${version}`)),
    field('why', line(why)),
    field('goal', line(goal)),
    ...(taskId === undefined ? [] : [field('task', line(taskId))]),
    field('covers', COVERS[approval.level]),
    ...(policy === undefined ? [] : [field('policy', line(`${policy.name} ${policy.version}`))]),
    ...(rule === undefined ? [] : [field('rule', line(because === undefined ? rule : `${rule}: ${because}`))]),
    field('id', line(id, 1_000)),
    '  arguments',
    ...argumentLines(approval),
    ...(trace.length === 0 ? ['  so far      nothing'] : ['  so far', ...traceLines(trace)]),
    '',
  ].join('\n')
}

export function outcomeText({ ok, id, ...outcome }: ToldOutcome): string {
  if (!ok) return `${line(id, 1_000)}: ${line((outcome as { error: { message: string } }).error.message, 1_500)}`
  const { approval } = outcome as Extract<ToldOutcome, { ok: true }>
  const { code, status, settled, what, path } = approval
  return `${code}  ${status} by ${line(settled?.by ?? '')}: ${line(what, LISTED_CHARS)}, asked by ${line(path)}`
}

const COVERS: Readonly<Record<ToldApproval['level'], string>> = {
  action: 'this one call',
  step: 'every call that the rule asks about in this turn',
  task: 'every call that the rule asks about in this task',
}

function riskText({ risk }: ToldApproval): string {
  return risk.toUpperCase().padEnd(6)
}

function statusText({ status, expiresMs, escalatedTo, settled }: ToldApproval, nowMs: number): string {
  const to = escalatedTo === undefined ? '' : `, escalated to ${line(escalatedTo)}`
  if (settled === undefined)
    return `pending${to}; denied in ${durationText(Math.max(expiresMs - nowMs, 0))} if nobody decides`
  const by = settled.by === undefined ? '' : ` by ${line(settled.by)}`
  return `${status}${by}${to}, ${timeAgo(nowMs - settled.atMs)} (${new Date(settled.atMs).toISOString()})`
}

function argumentLines({ input, inputCut }: ToldApproval): string[] {
  const text = inputCut === undefined ? (JSON.stringify(input, undefined, 2) ?? 'none') : String(input)
  const shown = text.slice(0, ARGUMENT_CHARS).toWellFormed()
  const lines = shown.split('\n')
  const kept = lines.slice(0, ARGUMENT_LINES).map((each) => `    ${escaped(each)}`)
  const missing = (inputCut ?? text.length) - Math.min(shown.length, lines.slice(0, ARGUMENT_LINES).join('\n').length)
  return missing === 0 ? kept : [...kept, `    … ${missing} more ${plural(missing, 'character')} NOT SHOWN: see --json`]
}

function traceLines(trace: ToldApproval['trace']): string[] {
  const missing = trace.length - TRACE_STEPS
  const steps = trace.slice(-TRACE_STEPS).map(({ turn, text }) => `    turn ${turn}: ${line(text)}`)
  return missing <= 0 ? steps : [`    … ${missing} earlier ${plural(missing, 'step')}`, ...steps]
}

function field(name: string, text: string): string {
  return `  ${name.padEnd(10)}  ${text}`
}
