/**
 * What the usual secrets look like in a text.
 *
 * Every expression here is linear: what follows an unbounded run is either nothing, or can't begin inside of it, and a run is
 * entered only at its beginning. Keep it so: texts come from tools and from strangers.
 */
import { cardNumbers } from './card-numbers.js'
import type { Finder, Span } from './redacted-text.js'

/** Its first group, if it has one, is kept. */
const EXPRESSIONS: readonly RegExp[] = [
  // Credentials in headers. The word that says what they are is kept.
  /(\bbearer[ \t]+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(\b(?:proxy-)?authorization["']?[ \t]*[:=][ \t]*["']?(?:(?:basic|bearer|digest|token)[ \t]+)?)(?!(?:basic|bearer|digest|token)\b)[^\s"',;]+/gi,
  /(\b(?:set-)?cookie["']?[ \t]*:[ \t]*["']?)[^\s"'][^\r\n"']*/gi,
  // Keys that say whose they are.
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  /(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bxox[a-z]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{35,}/g,
  /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{36,}/g,
  // A JSON Web Token: three parts, of which the first begins as every JSON object does.
  /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  // The password in a URL.
  /(:\/\/[^\s/:@"'<>]{0,256}:)[^\s/@"'<>]{1,1024}(?=@)/g,
  /([?&](?:token|key|sig|signature|auth)=)[^\s&#"']+/gi,
]

const SECRET_NAME =
  '(?:pass(?:word|wd|phrase)|pwd|secret|(?:api|access|private|secret)[_-]?key|(?:access|auth|refresh|id|session|client)[_-]?token)'

/** An assignment, as in a query, a form, a file of settings or a JSON text, itself perhaps in a text. */
const ASSIGNMENTS = [
  assigned('"', String.raw`(?:[^"\\\r\n]|\\.)+`),
  assigned(String.raw`\\"`, String.raw`[^"\\\r\n]+`),
  assigned("'", String.raw`[^'\r\n]+`),
  assigned('', String.raw`[^\s"',;&}\])\\]+`),
]

/** What comes before the value is kept: the name, and a quotation mark. */
function assigned(opening: string, value: string): RegExp {
  const sign = String.raw`\\?["']?[ \t]{0,8}[:=][ \t]{0,8}`
  return new RegExp(`(${SECRET_NAME}${sign}${opening})${value}`, 'gi')
}

const EMAIL =
  /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+/g

/** Every secret has one of these in it; most words of a text have not, and are done with at once. */
const HINT = /[-_.:=@]|\d[ -]?\d|bearer|A[KSBC]|AIza/i

/** All of them as one finder. */
export function secretFinder({ emails }: { readonly emails: boolean }): Finder {
  const expressions = [...EXPRESSIONS, ...ASSIGNMENTS, ...(emails ? [EMAIL] : [])]
  const finders = [...expressions.map(expressionFinder), privateKeys, cardNumbers]
  return (text) => (HINT.test(text) ? finders.flatMap((find) => find(text)) : [])
}

function expressionFinder(expression: RegExp): Finder {
  return (text) =>
    Array.from(text.matchAll(expression), (match): Span => {
      const start = match.index + (match[1]?.length ?? 0)
      return [start, match.index + match[0].length]
    })
}

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/** From its first line to its last; one that is cut off goes to the end. */
function privateKeys(text: string): Span[] {
  const spans: Span[] = []
  let at = 0
  for (;;) {
    BEGIN.lastIndex = at
    const begin = BEGIN.exec(text)
    if (begin === null) return spans
    END.lastIndex = begin.index
    const end = END.exec(text)
    at = end === null ? text.length : end.index + end[0].length
    spans.push([begin.index, at])
  }
}
