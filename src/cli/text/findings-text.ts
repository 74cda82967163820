/** Findings as text: each rule with why it matters and how to mend it, then what was found, with its path. */
import type { PathStep } from '../../analysis/edge-text.js'
import { type Finding, RULE_TEXTS, RULES, type Rule } from '../../analysis/findings.js'

/** `where` names the file and the machine. */
export function findingsText(where: string, findings: readonly Finding[]): string {
  const rules = RULES.filter((rule) => findings.some((finding) => finding.rule === rule))
  return rules.flatMap((rule) => ruleLines(where, rule, findings)).join('\n')
}

function ruleLines(where: string, rule: Rule, findings: readonly Finding[]): string[] {
  const { severity, why, mend } = RULE_TEXTS[rule]
  const found = findings.filter((finding) => finding.rule === rule)
  return [
    `${severity} ${rule}`,
    ...found.flatMap((finding) => findingLines(where, finding)),
    `  Why: ${why}`,
    `  Mend: ${mend}`,
    ...(rule === 'declaration' ? [] : [`  Or, on that state: meta: ${suppressionOf(rule)}`]),
    '',
  ]
}

function findingLines(where: string, { state, message, path = [] }: Finding): string[] {
  return [`  ${where} ${state}`, `    ${message}`, ...path.map((step) => `      ${stepText(step)}`)]
}

function stepText({ from, by, to }: PathStep): string {
  return from === undefined ? `(start) → ${to}` : `${from} → ${to}  on ${by}`
}

function suppressionOf(rule: Rule): string {
  return `{ roscius: { suppress: [{ rule: '${rule}', reason: '…' }] } }`
}
