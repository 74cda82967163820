import type { AnyStateMachine } from 'xstate'
import { checkMachine } from '../../src/analysis/check-machine.js'
import type { CheckOptions } from '../../src/analysis/check-options.js'
import { pathText } from '../../src/analysis/edge-text.js'
import type { Rule } from '../../src/analysis/findings.js'

/** The states that `rule` finds. */
export function told(machine: AnyStateMachine, rule: Rule, options?: CheckOptions): string[] {
  return checkMachine(machine, options).flatMap((finding) => (finding.rule === rule ? [finding.state] : []))
}

/** The messages of `rule`. */
export function messagesOf(machine: AnyStateMachine, rule: Rule, options?: CheckOptions): string[] {
  return checkMachine(machine, options).flatMap((finding) => (finding.rule === rule ? [finding.message] : []))
}

/** The paths of `rule`, as text. */
export function pathsOf(machine: AnyStateMachine, rule: Rule, options?: CheckOptions): string[] {
  const findings = checkMachine(machine, options).filter((finding) => finding.rule === rule)
  return findings.map(({ path = [] }) => pathText(path))
}
