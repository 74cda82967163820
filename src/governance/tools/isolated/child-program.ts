/**
 * The program of a call's process. It goes there as text, so that it is there also when Roscius was put into a bundle.
 *
 * Descriptor 3 is the line to the parent, one JSON message a line, so that whatever the tool prints disturbs nothing.
 * Descriptor 4 is held open by the parent as long as it lives. A thread watches it, so that the process also ends with its
 * parent when the tool never comes back to its own event loop.
 */

const GUARD = `
const { Socket } = require('node:net')
const end = () => process.kill(-process.pid, 'SIGKILL')
new Socket({ fd: 4 }).on('error', end).on('close', end).resume()
`

/**
 * Messages to the parent: `{ type: 'heartbeat' }`, `{ type: 'returned', output? }`, `{ type: 'threw', error }`. A CommonJS
 * program: `--input-type` would be inherited by what the tool forks, and break it.
 */
export const CHILD_PROGRAM = `
const { Socket } = require('node:net')
const { Worker } = require('node:worker_threads')

const guard = { eval: true, execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: 16 } }
new Worker(${JSON.stringify(GUARD)}, guard).unref()
const parent = new Socket({ fd: 3 })
const say = (message) => parent.write(JSON.stringify(message) + '\\n')

async function answer({ url, exportName, ...args }) {
  try {
    const { [exportName]: execute } = await import(url)
    if (typeof execute !== 'function') throw new TypeError(url + ' exports no function ' + exportName)
    const { signal } = new AbortController()
    say({ type: 'returned', output: await execute({ ...args, signal, heartbeat: () => say({ type: 'heartbeat' }) }) })
  } catch (error) {
    const { name, code, failureClass } = Object(error)
    const text = (value) => (typeof value === 'string' ? value.slice(0, 200) : undefined)
    const message = String(error?.message || error).slice(0, 2000)
    say({ type: 'threw', error: { message, name: text(name), code: text(code), failureClass: text(failureClass) } })
  }
}

let call = ''
parent.setEncoding('utf8').on('data', (part) => {
  call += part
  if (call.endsWith('\\n')) answer(JSON.parse(call))
})
`
