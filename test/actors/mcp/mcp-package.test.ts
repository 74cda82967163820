import { describe, expect, test } from 'vitest'
import { fromMcpPackage } from '../../../actors/mcp/mcp-package.js'

describe('the optional package', () => {
  test('that is not installed is missed in words that say what to do', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    await expect(fromMcpPackage(() => Promise.reject(missing))).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('npm install @modelcontextprotocol/sdk'),
      cause: missing,
    })
  })

  test('that fails in another way says so itself', async () => {
    const broken = new SyntaxError('broken')
    await expect(fromMcpPackage(() => Promise.reject(broken))).rejects.toBe(broken)
  })
})
