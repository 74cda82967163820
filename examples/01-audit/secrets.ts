import type { SecretFinding } from './finding.js'
import { createPositions } from './text-position.js'

interface SecretPattern {
  readonly kind: string
  /** Matches the secret itself as group `secret`, or as a whole. Every repetition is bounded: the search stays linear. */
  readonly pattern: RegExp
  /** How many of its first characters say what it is without giving it away. */
  readonly shown: number
  readonly isPlausible?: (secret: string) => boolean
}

const KEYWORD = '(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)'

/** Specific shapes first: where two match at the same place, the first one names it. */
const PATTERNS: readonly SecretPattern[] = [
  { kind: 'private key', pattern: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g, shown: 10 },
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, shown: 4, isPlausible: isNoPlaceholder },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g, shown: 4 },
  { kind: 'Slack token', pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,250}/g, shown: 5 },
  { kind: 'Google API key', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/g, shown: 4 },
  { kind: 'Stripe key', pattern: /\b[rs]k_live_[0-9A-Za-z]{16,250}\b/g, shown: 8 },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g, shown: 4 },
  {
    kind: 'model provider key',
    pattern: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,250}/g,
    shown: 3,
    isPlausible: isRandom,
  },
  {
    kind: 'assigned secret',
    pattern: new RegExp(
      `${KEYWORD}[\\w-]{0,40}["']?\\s{0,5}[:=]\\s{0,5}["'\`](?<secret>[^"'\`\\s]{16,250})["'\`]`,
      'gi',
    ),
    shown: 2,
    isPlausible: isRandom,
  },
  {
    kind: 'assigned secret',
    pattern: new RegExp(
      `^[ \\t]{0,20}(?:export )?[\\w-]{0,40}?${KEYWORD}[\\w-]{0,40} ?[:=] ?(?<secret>[\\w+/=.-]{16,250})$`,
      'gim',
    ),
    shown: 2,
    isPlausible: isRandom,
  },
]

interface Hit {
  readonly start: number
  readonly end: number
  readonly kind: string
  readonly masked: string
}

/** Strings of `text` that look like secrets, in order, masked. A guess from their shape: it misses some and suspects others. */
export function findSecrets(text: string): readonly SecretFinding[] {
  const positionOf = createPositions(text)
  return findHits(text).map(({ start, kind, masked }) => ({ line: positionOf(start).line, kind, masked }))
}

/** `text` with everything that looks like a secret masked, for quoting it elsewhere in a report. */
export function maskSecrets(text: string): string {
  let at = 0
  let masked = ''
  for (const hit of findHits(text)) {
    masked += text.slice(at, hit.start) + hit.masked
    at = hit.end
  }
  return masked + text.slice(at)
}

/** Of hits that overlap the one that starts first stays; of two at one place, that of the more specific pattern. */
function findHits(text: string): readonly Hit[] {
  const hits = PATTERNS.flatMap((pattern) => [...hitsOf(pattern, text)]).sort((a, b) => a.start - b.start)
  let end = 0
  return hits.filter((hit) => {
    if (hit.start < end) return false
    end = hit.end
    return true
  })
}

function* hitsOf({ kind, pattern, shown, isPlausible }: SecretPattern, text: string): Iterable<Hit> {
  for (const match of text.matchAll(pattern)) {
    const secret = match.groups?.secret ?? match[0]
    if (isPlausible !== undefined && !isPlausible(secret)) continue
    const start = match.index + match[0].lastIndexOf(secret)
    yield {
      start,
      end: start + secret.length,
      kind,
      masked: `${secret.slice(0, shown)}… (${secret.length} characters)`,
    }
  }
}

/** Whether it is no example or template: `AKIA…EXAMPLE`, `${TOKEN}`, `<your-token>`, `xxxxxxxx`. */
function isNoPlaceholder(secret: string): boolean {
  return !/example|placeholder|changeme|your[_-]|x{6}|\$\{|\{\{|[<>()]/i.test(secret)
}

/** Whether a value looks drawn by chance rather than written: letters and digits mixed, at least 3.5 bits a character. */
function isRandom(secret: string): boolean {
  return isNoPlaceholder(secret) && /\d/.test(secret) && /[a-z]/i.test(secret) && entropyOf(secret) >= 3.5
}

/** Shannon entropy in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
