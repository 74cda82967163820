import fc from 'fast-check'

const letters = (alphabet: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length + 20 })

const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const keyed = (prefix: string, length: number): fc.Arbitrary<string> =>
  letters(WORD, length).map((rest) => `${prefix}${rest}`)

const card = fc
  .string({ unit: fc.constantFrom(...'0123456789'), minLength: 14, maxLength: 14 })
  .map((rest) => `4${rest}`)
  .map((digits) => `${digits}${checkDigit(digits)}`)

function checkDigit(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return (10 - (sum % 10)) % 10
}

/** A secret as it stands in a text, with what gives it away. */
const secret = fc.oneof(
  keyed('ghp_', 36).map(alone),
  keyed('sk-', 24).map(alone),
  keyed('xoxb-', 20).map(alone),
  keyed('AIza', 35).map(alone),
  letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((rest) => alone(`AKIA${rest.slice(0, 16)}`)),
  fc.tuple(keyed('eyJ', 20), letters(WORD, 20), letters(WORD, 20)).map((parts) => alone(parts.join('.'))),
  card.map(alone),
  letters(WORD, 12).map((key) => ({ shown: `Bearer ${key}`, secret: key })),
  letters(WORD, 12).map((key) => ({ shown: `password="${key}"`, secret: key })),
  letters(WORD, 12).map((key) => ({ shown: `mysql://root:${key}@host/db`, secret: key })),
  letters(WORD, 64).map((key) => ({
    shown: `-----BEGIN EC PRIVATE KEY-----\n${key}\n-----END EC PRIVATE KEY-----`,
    secret: key,
  })),
)

function alone(text: string): { readonly shown: string; readonly secret: string } {
  return { shown: text, secret: text }
}

/** A text with a secret in it, somewhere. */
export const secretText = fc
  .tuple(
    fc.string(),
    fc.constantFrom(' ', '\n', '"', '(', ', '),
    secret,
    fc.constantFrom(' ', '\n', '"', ')'),
    fc.string(),
  )
  .map(([before, opening, { shown, secret: hidden }, closing, after]) => ({
    text: `${before}${opening}${shown}${closing}${after}`,
    secret: hidden,
  }))
