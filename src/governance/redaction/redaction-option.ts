/** How capabilities that store things take the option `redact`. */
import { z } from 'zod'
import { defineRedaction, type Redaction } from './redaction.js'

const NOTHING: Redaction = { text: (text) => text, value: (value) => value }

function isRedaction(value: unknown): value is Redaction {
  const { text, value: redactValue } = (value ?? {}) as Partial<Redaction>
  return typeof text === 'function' && typeof redactValue === 'function'
}

/** A redaction, `false` for none, or nothing for the default one. */
export const redactionOption = z
  .custom<Redaction | false | undefined>(
    (value) => value === undefined || value === false || isRedaction(value),
    'must be a redaction (see defineRedaction), or false',
  )
  .optional()
  .transform((read): Redaction => (read === false ? NOTHING : (read ?? defineRedaction())))
