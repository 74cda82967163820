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
  .transform((read): Redaction => (read === false ? NOTHING : guarded(read ?? defineRedaction())))

const UNREADABLE = '[redacted]'

/** Somebody's own may throw, or forget to answer: then nothing is told, rather than everything, or the turn broken off. */
function guarded(redaction: Redaction): Redaction {
  const redactedOr = <T>(redact: () => T): T | typeof UNREADABLE => {
    try {
      return redact()
    } catch {
      return UNREADABLE
    }
  }
  return {
    text: (text) => {
      const redacted: unknown = redactedOr(() => redaction.text(text))
      return typeof redacted === 'string' ? redacted : UNREADABLE
    },
    value: (value) => redactedOr(() => redaction.value(value)),
  }
}
