import { describe, expect, it } from 'vitest'
import { optionalPackage } from '../../actors/optional-package.js'

describe('a package that a user may not have', () => {
  it.each(['a-package-that-nobody-has', '@nobody/has-it'])(
    'is asked for by name, with what to do, and trying again is of no use: %s',
    async (absent) => {
      const loading = optionalPackage('roscius/model', `${absent}@6`, () => import(/* @vite-ignore */ absent))
      await expect(loading).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        message: expect.stringContaining(`npm install ${absent}@6`),
        details: { package: absent },
        failureClass: 'permanent',
      })
    },
  )

  it('that is there and broken says so itself', async () => {
    const broken = new SyntaxError('Unexpected token')
    await expect(optionalPackage('x', 'y@1', () => Promise.reject(broken))).rejects.toBe(broken)
  })
})
