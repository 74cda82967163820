/** What `createSystem({ audit })` says, and how it is read. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { Redaction } from '../redaction/redaction.js'
import { redactionOption } from '../redaction/redaction-option.js'
import { COMMANDS } from './interventions.js'

export interface AuditOptions {
  /** Whether every journal record of every stored actor is chained as well. Default false. */
  readonly journal?: boolean
  /** Whether the decisions of brains are recorded here, too, not only in the decision log. Default false. */
  readonly decisions?: boolean
  /** Types of events that count as interventions, beside the commands of agents and supervisors. */
  readonly commands?: readonly string[]
  /** What is taken out of payloads before they are stored. Default: what `defineRedaction()` takes out; `false`: nothing. */
  readonly redact?: Redaction | false
}

export interface ReadAudit {
  readonly journal: boolean
  readonly decisions: boolean
  readonly commands: ReadonlySet<string>
  readonly redaction: Redaction
}

const options = z.strictObject({
  journal: z.boolean().default(false),
  decisions: z.boolean().default(false),
  commands: z.array(z.string().min(1)).default([]),
  redact: redactionOption,
})

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readAuditOptions(given: AuditOptions): ReadAudit {
  const result = options.safeParse(given)
  if (!result.success) {
    const { path, message } = result.error.issues[0]!
    const field = ['audit', ...path].join('.')
    throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${message}`, { details: { field } })
  }
  const { journal, decisions, commands, redact } = result.data
  return {
    journal,
    decisions,
    commands: new Set([...COMMANDS, ...commands]),
    redaction: redact,
  }
}
