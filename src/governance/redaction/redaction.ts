/**
 * Takes secrets out of texts and data before they are stored, logged, or sent to a model.
 *
 * 1. Pure; it never throws, and takes time in proportion to what it reads, whatever that is: every pattern is linear.
 * 2. Shapes stay: what was an object with these fields, or a list so long, still is. What it was given is not changed.
 * 3. What it can't look into (instances of classes, bytes) is left as it is.
 *
 * It finds what looks like a secret. A secret that looks like nothing (a short password in a sentence) it does not find.
 */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { compilePattern } from '../policy/pattern.js'
import { firstProblem } from '../policy/problem.js'
import { spansOf } from './pattern-spans.js'
import { type Finder, redactedText } from './redacted-text.js'
import { redactedValue } from './redacted-value.js'
import { keyMatcher, SECRET_KEYS } from './secret-keys.js'
import { secretFinder } from './secrets.js'

/** A pattern as data. */
export interface RedactionPattern {
  readonly name: string
  /** A regular expression: JavaScript's syntax without back-references, look-around and named groups. */
  readonly matches: string
  /** `i`: whether `A` is `a`. Default neither. */
  readonly flags?: '' | 'i'
}

export interface RedactionOptions {
  /** Names of fields whose values are secret; `*` stands for any characters; case, `-` and `_` make no difference. */
  readonly keys?: readonly string[]
  /** What is secret in texts: every character that is part of a match. */
  readonly patterns?: readonly RedactionPattern[]
  /** What is put in place of a secret. Default `[redacted]`. */
  readonly replace?: string
  /** Whether the usual secrets are found as well. Default true. */
  readonly builtIn?: boolean
  /** Whether e-mail addresses are taken out. Default false. */
  readonly emails?: boolean
}

export interface Redaction {
  /** The text without its secrets. */
  text(text: string): string
  /** The same data with the texts in it redacted, and the values of secret fields replaced. */
  value(value: unknown): unknown
  /** Whether the value of a field of that name is secret, whatever it is; for those who read data piece by piece. */
  isSecretKey?(key: string): boolean
}

const pattern = z.strictObject({
  name: z.string().min(1),
  matches: z.string().min(1).max(500).superRefine(compiles),
  flags: z.enum(['', 'i']).default(''),
})

const options = z.strictObject({
  keys: z.array(z.string().min(1)).max(1_000).default([]),
  patterns: z.array(pattern).max(100).default([]),
  replace: z.string().min(1).max(100).default('[redacted]'),
  builtIn: z.boolean().default(true),
  emails: z.boolean().default(false),
})

function compiles(source: string, context: z.RefinementCtx): void {
  try {
    compilePattern(source)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as SyntaxError).message })
  }
}

/**
 * A redaction. By itself it knows bearer and basic credentials, private keys (PEM), keys of AWS, GitHub, Slack, Google,
 * OpenAI and those like them, JSON Web Tokens, passwords in URLs, assignments such as `password=…`, card numbers, and fields called
 * `password`, `secret`, `token`, `apiKey`, `authorization`, `cookie` and the like.
 *
 * Throws `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { defineRedaction } from 'roscius'
 *
 * const redaction = defineRedaction({ keys: ['*iban'], patterns: [{ name: 'case', matches: 'CASE-[0-9]{6}' }] })
 * console.log(redaction.text('CASE-123456 came with Bearer abcdefghijkl'))
 * console.log(redaction.value({ iban: 'DE00', amount: 7, auth: { password: 'x' } }))
 * ```
 */
export function defineRedaction(given: RedactionOptions = {}): Redaction {
  const result = options.safeParse(given)
  if (!result.success) {
    const { field, problem } = firstProblem(result.error)
    throw new RosciusError('OPTIONS_INVALID', `defineRedaction: ${field}: ${problem}`, { details: { field } })
  }
  const { keys, patterns, replace, builtIn, emails } = result.data
  const finders: Finder[] = [
    ...(builtIn ? [secretFinder({ emails })] : []),
    ...patterns.map(({ matches, flags }) => patternFinder(matches, flags === 'i')),
  ]
  const text = (read: string): string => redactedText(read, finders, replace)
  const isSecretKey = keyMatcher([...(builtIn ? SECRET_KEYS : []), ...keys])
  return { text, value: (value) => redactedValue(value, { text, isSecretKey, replace }), isSecretKey }
}

function patternFinder(source: string, ignoreCase: boolean): Finder {
  const compiled = compilePattern(source, ignoreCase)
  return (text) => spansOf(compiled, text)
}
