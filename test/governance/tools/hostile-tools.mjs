/** Tools as one would not want them, to be run in a process of their own. Started by `isolated.test.ts`. */
import { fork, spawn } from 'node:child_process'
import { readFileSync, writeSync } from 'node:fs'

const forEver = () => new Promise(() => setInterval(() => undefined, 1_000))

export const echo = ({ input, effectId, attempt }) => ({ ...input, effectId, attempt })

export async function throwing({ input }) {
  throw Object.assign(new Error('The file is gone.'), input)
}

export function throwNothing() {
  throw undefined
}

export function loop() {
  for (;;) {}
}

export const never = forEver

export function exits({ input }) {
  console.error('last words')
  process.exit(input.code)
}

export async function rejectsAside() {
  Promise.reject(new Error('nobody listens'))
  await forEver()
}

export function fillHeap() {
  const kept = []
  for (;;) kept.push(new Array(10_000).fill(0).map((_, index) => ({ index })))
}

export async function fillBuffers() {
  const kept = []
  for (;;) {
    kept.push(Buffer.alloc(10_000_000, 1))
    // Room for its messages, so that it is the memory that ends it.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export async function floodStdout() {
  for (;;)
    if (!process.stdout.write('x'.repeat(100_000)))
      await new Promise((resolve) => process.stdout.once('drain', resolve))
}

export const longAnswer = ({ input }) => 'x'.repeat(input.length)

export function longLine() {
  for (;;) writeSync(3, 'x'.repeat(10_000))
}

export async function printsGarbage() {
  console.log('{"type":"returned","output":"from stdout"}')
  process.stdout.write(Buffer.from([0, 255, 10, 123]))
  console.error('warning')
  return 'the answer'
}

export async function writesGarbageToParent({ input }) {
  writeSync(3, `${input.line}\n`)
  await forEver()
}

export const environment = () => ({ names: Object.keys(process.env).sort(), lang: process.env.LANG })

export function readsStdin() {
  return readFileSync(0, 'utf8')
}

const SLEEPER = ['-e', 'setInterval(() => undefined, 1000)']

/** A child that outlives its parent, in the parent's group or away from it, and with which environment. */
export function forks({ input: { detached, env } }) {
  const child = spawn(process.execPath, SLEEPER, { detached, stdio: 'inherit', ...(env ? { env } : {}) })
  child.unref()
  return { pid: child.pid }
}

/** Each process starts a next one and ends, so 1 000 times if nobody stops them: always gone when one looks for it. */
export async function breeds() {
  const name = `breed-${process.pid}`
  const source = '[ $2 -lt 1000 ] && sh -c "$0" "$0" $1 $(($2 + 1)) & sleep 1'
  spawn('sh', ['-c', source, source, name, '0'], { stdio: 'ignore' })
  // It is to answer while its chain is under way.
  await new Promise((resolve) => setTimeout(resolve, 150))
  return { name }
}

/** A daemon: away from its group, and its own parent is gone. */
export async function startsDaemon() {
  const source = `
    const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ${JSON.stringify(SLEEPER)}, { detached: true, stdio: 'ignore' })
    process.stdout.write(String(child.pid), () => process.exit())`
  const between = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'ignore'] })
  let pid = ''
  between.stdout.on('data', (part) => {
    pid += part
  })
  await new Promise((resolve) => between.on('close', resolve))
  return { pid: Number(pid) }
}

export async function forksAndExits() {
  const child = spawn(process.execPath, SLEEPER, { stdio: 'inherit' })
  console.error(`pid ${child.pid}`)
  process.exit(3)
}

/** Starts this file again, as a program of its own. */
export async function forksItself() {
  const child = fork(new URL(import.meta.url), ['answer'])
  return new Promise((resolve) => child.once('message', resolve))
}

if (process.argv[2] === 'answer') process.send('from a fork')

export function beats({ heartbeat }) {
  heartbeat()
  heartbeat()
  return 'done'
}

export const circular = () => {
  const value = {}
  value.self = value
  return value
}

export const noFunction = 7
