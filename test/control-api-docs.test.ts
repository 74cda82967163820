import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSystem, memoryStore } from 'roscius'
import { createControl } from 'roscius/console'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { liveFrame, timelineItem, topic } from '../src/control/protocol/live.js'
import { type RouteSpec, routes } from '../src/control/protocol/routes.js'
import { root } from './support/compile.js'

const page = await readFile(join(root, 'docs/reference/control-api.md'), 'utf8')
const rows = page.split('\n').filter((line) => line.startsWith('| `'))

/** The cells of the row that begins with this one. */
function cellsOf(first: string): readonly string[] {
  const row = rows.find((line) => line.startsWith(`| ${first} |`))
  return (row ?? '').split(/(?<!\\)\|/).map((cell) => cell.trim())
}

/** Words that a text has in code. */
function named(text: string): ReadonlySet<string> {
  const code = [...text.matchAll(/`([^`]+)`/g)].map(([, each = '']) => each)
  return new Set(code.flatMap((each) => each.match(/[\w-]+/g) ?? []))
}

function fieldsOf(schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return []
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.keys(properties)
}

/** Of the kinds of a union, by the field that tells them apart. */
function kindsOf(union: z.ZodType, by: string): readonly [kind: string, fields: readonly string[]][] {
  const { oneOf = [] } = z.toJSONSchema(union, { io: 'input', unrepresentable: 'any' })
  return oneOf.map(({ properties = {} }) => {
    const of = properties[by] as { readonly const: string }
    return [of.const, Object.keys(properties).filter((name) => name !== by)]
  })
}

describe('the reference of the control API', () => {
  test.each(Object.entries(routes) as [string, RouteSpec][])('has %s as it is', (_, route) => {
    const [, , role, takes = ''] = cellsOf(`\`${route.method} /api${route.path}\``)
    expect(role).toBe(route.role)
    const words = named(takes)
    for (const field of fieldsOf(route.query ?? route.body)) expect(words, field).toContain(field)
  })

  test('has no route that is not there', () => {
    const known = new Set(Object.values(routes).map(({ method, path }) => `${method} /api${path}`))
    const own = ['POST /api/session', 'DELETE /api/session', 'GET /api/openapi.json']
    const told = rows.flatMap((line) => /^\| `((?:GET|POST|DELETE) \/api[^`]*)` \|/.exec(line)?.[1] ?? [])
    expect(told.filter((route) => !known.has(route) && !own.includes(route))).toEqual([])
  })

  test.each(kindsOf(topic, 'topic'))('has the topic %s with its fields', (name, fields) => {
    const words = named(cellsOf(`\`${name}\``)[2] ?? '')
    for (const field of fields) expect(words, field).toContain(field)
  })

  test.each(kindsOf(liveFrame, 'kind'))('has the frame %s with its fields', (name, fields) => {
    const words = named(rows.filter((line) => line.startsWith(`| \`${name}\` |`)).join('\n'))
    for (const field of fields.filter((each) => each !== 'id')) expect(words, field).toContain(field)
  })

  test.each(kindsOf(timelineItem, 'kind'))('has the item %s of the timeline with its fields', (name, fields) => {
    const words = named(cellsOf(`\`${name}\``)[2] ?? '')
    for (const field of fields) expect(words, field).toContain(field)
  })
})

test('the reference of the control API names every metric of the node', async () => {
  await using system = await createSystem({ name: 'n', store: memoryStore(), logic: {} })
  await using control = createControl(system)
  const headers = { authorization: `Bearer ${control.token}` }
  const answer = await control.fetch(new Request('http://localhost/metrics', { headers }))
  const names = [...(await answer.text()).matchAll(/^# TYPE (roscius_\w+)/gm)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
