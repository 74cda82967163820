/**
 * One service four times: on node:http, Express, Fastify, Hono. Each answers its own routes, and is a node on the same port:
 * another node pays an order there, and the routes show it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openExpress } from './express.js'
import { openFastify } from './fastify.js'
import { openHono } from './hono.js'
import { openHttp } from './http.js'
import { type OpenService, PATH } from './service.js'
import { openTill } from './till.js'

const SERVICES: Readonly<Record<string, OpenService>> = {
  http: openHttp,
  express: openExpress,
  fastify: openFastify,
  hono: openHono,
}
const NAMES = Object.keys(SERVICES)
const USAGE = `Usage: npm run example -- 07-embedding [${NAMES.join('|')}]

Serves orders over HTTP and over a link on the same port: with one of these, or with each.
`

const { stdout, stderr } = process
const [, , ...asked] = process.argv

if (asked.every((name) => NAMES.includes(name))) await show(asked.length === 0 ? NAMES : asked)
else tellUsage()

function tellUsage(): void {
  const isAsked = asked.includes('--help')
  const stream = isAsked ? stdout : stderr
  stream.write(USAGE)
  process.exitCode = isAsked ? 0 : 2
}

async function show(names: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'roscius-embedding-'))
  try {
    for (const name of names) await showService(name, join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function showService(name: string, store: string): Promise<void> {
  stdout.write(`\n${name}\n\n`)
  const service = await (SERVICES[name] as OpenService)(store)
  try {
    await useService(service.port)
  } finally {
    await service.close()
  }
  line('the service has stopped', await request('GET', `http://127.0.0.1:${service.port}/orders/o17`))
}

async function useService(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/orders/o17`
  line('PUT /orders/o17', await request('PUT', url))
  await using till = await openTill(`ws://127.0.0.1:${port}${PATH}`)
  line('PAY, over a link', JSON.stringify(await till.pay('o17', 1_250)))
  line('GET /orders/o17', await request('GET', url))
  line('PAY, once more', JSON.stringify(await till.pay('o17', 1_250)))
  line('GET /nothing', (await request('GET', `http://127.0.0.1:${port}/nothing`)).slice(0, 3))
}

async function request(method: string, url: string): Promise<string> {
  try {
    const response = await fetch(url, { method })
    return `${response.status} ${await response.text()}`
  } catch {
    return 'nobody answers'
  }
}

function line(what: string, answer: string): void {
  stdout.write(`   ${what.padEnd(26)}${answer}\n`)
}
