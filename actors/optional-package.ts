/** A package that is loaded when it is needed, and that a user may not have. */
import { brainError } from './brain-error.js'

/**
 * `wanted` is its name with the major version that is needed: `ai@6`. Rejects with `OPTIONS_INVALID`, and what to install, if
 * the package isn't there. Trying again doesn't help.
 */
export async function optionalPackage<T>(who: string, wanted: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!isMissing(error)) throw error
    const name = wanted.slice(0, wanted.lastIndexOf('@'))
    const message = `${who} needs the package ${name}, which can't be found. Install it: npm install ${wanted}`
    const missing = brainError('OPTIONS_INVALID', message, { package: name })
    throw Object.assign(missing, { cause: error, failureClass: 'permanent' })
  }
}

function isMissing(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
