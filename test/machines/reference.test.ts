/** The reference page of agents against the code. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { agentCommandSchemas } from '../../machines/agent/commands.js'
import { agentLimitsSchema } from '../../machines/agent/limits.js'

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = await read('docs/reference/agents.md')

/** The cells of the first table under a heading. */
function tableUnder(heading: string): string[][] {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`))
  const lines = section.slice(section.indexOf('\n|') + 1).split('\n')
  const rows = lines.slice(
    2,
    lines.findIndex((line) => !line.startsWith('|')),
  )
  return rows.map((line) => line.split('|').slice(1, -1))
}

const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

test('the table of limits has all of them, with their defaults', () => {
  const documented = tableUnder('Limits').map(([field, value]) => {
    const [number] = codesIn(value)
    return [codesIn(field)[0], number === undefined ? undefined : Number(number.replaceAll('_', ''))]
  })
  const defaults: Record<string, unknown> = agentLimitsSchema.parse({})
  expect(documented).toEqual(Object.keys(agentLimitsSchema.shape).map((field) => [field, defaults[field]]))
})

test('the table of commands has all of them, with their fields', () => {
  const documented = tableUnder('Commands').map(([type, fields]) => [...codesIn(type), ...codesIn(fields)])
  const commands = Object.entries(agentCommandSchemas).map(([type, schema]) => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema)
    const fields = Object.keys(properties).filter((field) => field !== 'type')
    return [type, ...fields.map((field) => (required.includes(field) ? field : `${field}?`))]
  })
  expect(documented).toEqual(commands)
})

test('the table of what goes wrong with a call has every code', async () => {
  const source = await read('src/governance/tools/tool-answer.ts')
  const [, union = ''] = /ToolErrorCode =([\s\S]*?)\n\n/.exec(source) ?? []
  const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code)
  const documented = tableUnder('Errors of a call').map(([code]) => codesIn(code)[0])
  expect(documented.toSorted()).toEqual(codes.toSorted())
})
