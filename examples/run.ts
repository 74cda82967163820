/** `npm run example -- <name> [arguments]`: runs one of the examples. */
import { readdirSync, readFileSync } from 'node:fs'

const names = readdirSync(new URL('.', import.meta.url)).filter((name) => /^\d\d-/.test(name))
const [, , asked = ''] = process.argv
const found = names.find((name) => name === asked || name.startsWith(`${asked}-`))

if (found === undefined) {
  process.stderr.write(`${asked === '' ? 'Which one?' : `There is no example "${asked}".`}\n\n${usage()}`)
  process.exitCode = 2
} else {
  process.argv.splice(2, 1)
  await import(new URL(`${found}/main.js`, import.meta.url).href)
}

function usage(): string {
  const rows = names.map((name) => `  ${name.padEnd(20)}${titleOf(name)}\n`)
  return `Usage: npm run example -- <name> [arguments]\n\n${rows.join('')}\nWith --help an example tells what it takes.\n`
}

/** The heading of its page, which stands beside the source. */
function titleOf(name: string): string {
  const page = readFileSync(new URL(`../../examples/${name}/README.md`, import.meta.url), 'utf8')
  return /^# \d+: (.*)$/m.exec(page)?.[1] ?? ''
}
