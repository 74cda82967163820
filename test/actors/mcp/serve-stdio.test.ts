/** Actors served over standard input and output, by a process of their own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build } from '../../support/build.js'
import { exported } from '../../support/package.js'
import { call } from './served-desk.js'

const program = fileURLToPath(new URL('./serving.mjs', import.meta.url))

let folder = ''
beforeAll(() => build(), 120_000)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roscius-mcp-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function start() {
  const args = [program, exported('./mcp'), folder]
  const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe' })
  let said = ''
  transport.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(transport)
  return { client, kill: () => process.kill(transport.pid!, 'SIGKILL'), said: () => said }
}

describe('a process that serves its actors', () => {
  test('answers calls, and ends in order when its client has gone', async () => {
    const { client, said } = await start()
    expect((await client.listTools()).tools).toMatchObject([{ name: 'cook', description: 'Cooks.' }])
    const { structuredContent } = await call(client, 'cook', {})
    expect(structuredContent).toEqual({ mark: expect.any(String) })
    await client.close()
    expect(said()).toBe('closed in order\n')
  })

  test('goes on with a call that has a key after it was killed', async () => {
    const first = await start()
    let mark = ''
    const onprogress = (progress: unknown): void => {
      mark = (progress as { message: string }).message.slice('mark '.length)
      first.kill()
    }
    await expect(call(first.client, 'cook', {}, { key: 'k1', onprogress })).rejects.toThrow('Connection closed')
    const second = await start()
    const { structuredContent } = await call(second.client, 'cook', {}, { key: 'k1' })
    expect(structuredContent).toEqual({ mark })
    await second.client.close()
  })
})
