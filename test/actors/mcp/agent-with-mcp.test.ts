/** A whole agent whose tools are those of a real MCP server process. */
import { fileURLToPath } from 'node:url'
import { withPermissions } from 'roscius'
import { defineAgent, fromRules } from 'roscius/actors'
import { afterEach, describe, expect, test } from 'vitest'
import { fromMcpServer, type McpImport, type McpImportOptions } from '../../../actors/mcp/index.js'
import { World } from '../../support/world.js'

const program = fileURLToPath(new URL('./tools-server.mjs', import.meta.url))
const open: McpImport[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

/** An agent that calls that tool, and finishes with what it answered. */
async function start(tool: string, input: unknown, options: McpImportOptions = {}, scopes = ['mcp:desk']) {
  const server = { command: process.execPath, args: [program] }
  const desk = await fromMcpServer(server, { name: 'desk', minRisk: 'read', ...options })
  open.push(desk)
  const brain = fromRules([
    {
      when: { observed: 'tool' },
      decide: ({ observations }) => ({
        event: { type: 'FINISH', output: observations.at(-1)?.data },
        reason: 'it has answered',
      }),
    },
    { decide: { event: { type: 'USE_TOOL', tool, input }, reason: 'the goal says so' } },
  ])
  const agent = defineAgent({ goal: 'use the tool', brain, tools: desk.tools })
  const world = new World({ agent })
  const system = await world.open()
  return { world, system, ref: await system.spawn('agent', { id: 'a', ...withPermissions({ scopes }) }) }
}

describe('an agent with the tools of an MCP server', () => {
  test('calls one, and is done with what it answered', async () => {
    const { world, ref } = await start('add', { a: 20, b: 22 })
    const result = await ref.result()
    expect(result).toMatchObject({ status: 'done', used: { turns: 2, toolCalls: 1 } })
    expect(JSON.stringify(result)).toContain('"sum":42')
    await world.stop()
  })

  test('is told by the server what went wrong', async () => {
    const { world, ref } = await start('fail', {})
    expect(JSON.stringify(await ref.result())).toContain('the disk is full')
    await world.stop()
  })

  test('does not reach a server whose scope it was not given', async () => {
    const { world, ref } = await start('add', { a: 20, b: 22 }, {}, [])
    await world.advance(600_000)
    expect(JSON.stringify(ref.getSnapshot())).toContain('mcp:desk')
    expect(JSON.stringify(ref.getSnapshot())).not.toContain('"sum"')
    await world.stop()
  })

  test('waits for an approval of a tool whose server is not believed, and gets it', async () => {
    const { world, system, ref } = await start('note', { text: 'bees' }, { minRisk: 'danger' })
    await system.settled()
    const [approval] = system.approvals.list()
    expect(approval).toMatchObject({ status: 'pending', tool: 'note', risk: 'danger', input: { text: 'bees' } })
    await system.approvals.approve(approval!.id, { by: 'ann' })
    expect(JSON.stringify(await ref.result())).toContain('noted: bees')
    await world.stop()
  })
})
