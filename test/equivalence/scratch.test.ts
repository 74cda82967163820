import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test, vi } from 'vitest'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { machineSpec, stepList } from './arbitrary.js'
import { runScenario } from './run-scenario.js'

vi.spyOn(console, 'warn').mockImplementation(() => {})
function firstDiff(a: any, b: any, path = ''): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined
  if (typeof a === 'object' && typeof b === 'object' && a && b) {
    for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const d = firstDiff(a[k], b[k], `${path}.${k}`)
      if (d) return d
    }
  }
  return `${path}: expected ${JSON.stringify(a)} got ${JSON.stringify(b)}`
}
test('scratch', { timeout: 600000 }, async () => {
  const hostIdx = Number(process.env['H'] ?? 1)
  const host = hosts[hostIdx]!
  const n = Number(process.env['N'] ?? 100)
  const shrink = process.env['SHRINK']
  const cases = process.env['BURST']
    ? fc.tuple(machineSpec({ effects: false, levels: 1 }), stepList({ length: 6, burst: 4 }))
    : fc.tuple(
        machineSpec({ levels: Number(process.env['L'] ?? 2) }),
        stepList({ length: Number(process.env['S'] ?? 12) }),
      )
  let bad = 0
  const run = async ([spec, steps]: any) => {
    const { traces: expected, isSound } = await runScenario(plainHost, spec, steps)
    if (!isSound) {
      bad++
      return undefined
    }
    let got: any
    try {
      got = (
        (await Promise.race([
          runScenario(host, spec, steps),
          new Promise((_, r) => setTimeout(() => r(new Error('TIMEOUT')), 1500)),
        ])) as any
      ).traces
    } catch (e) {
      return `THROW ${(e as Error).message.slice(0, 300)}` + (process.env['STACK'] ? (e as Error).stack : '')
    }
    for (let i = 0; i < expected.length; i++) {
      const d = firstDiff(expected[i], got[i])
      if (d) return `step ${i} ${JSON.stringify(expected[i]!.step)} ${d.slice(0, 400)}`
    }
    return undefined
  }
  if (process.env['REPLAY']) {
    const [spec, steps] = JSON.parse(readFileSync('/tmp/case.json', 'utf8'))
    const a = (await runScenario(plainHost, spec, steps)).traces,
      b = (await runScenario(host, spec, steps)).traces
    for (let i = 0; i < a.length; i++)
      console.log(
        i,
        JSON.stringify(a[i]!.step),
        '\n  plain',
        JSON.stringify([a[i]!.main.value, a[i]!.main.context, a[i]!.main.status, a[i]!.actions, a[i]!.main.children]),
        '\n  other',
        JSON.stringify([b[i]!.main.value, b[i]!.main.context, b[i]!.main.status, b[i]!.actions, b[i]!.main.children]),
        '\n',
        firstDiff(a[i], b[i]),
      )
    return
  }
  if (shrink) {
    let last = ''
    const result = await fc.check(
      fc.asyncProperty(cases, async (c) => {
        const r = await run(c)
        if (r && new RegExp(shrink).test(r)) {
          last = r
          throw new Error(r)
        }
      }),
      { numRuns: n, seed: Number(process.env['SEED'] ?? 1), interruptAfterTimeLimit: 100000 },
    )
    const strip = (v: any): any =>
      Array.isArray(v)
        ? v.map(strip)
        : typeof v === 'object' && v
          ? Object.fromEntries(
              Object.entries(v)
                .filter(
                  ([k, x]) =>
                    !(Array.isArray(x) && x.length === 0) &&
                    x !== undefined &&
                    x !== false &&
                    x !== 'none' &&
                    !(k === 'guard' && (x as any).when === 'always'),
                )
                .map(([k, x]) => [k, strip(x)]),
            )
          : v
    writeFileSync('/tmp/case.json', JSON.stringify(result.counterexample?.[0] ?? null))
    console.log(
      last,
      '\n',
      JSON.stringify(strip(result.counterexample?.[0]?.[0]), null, 1)?.replaceAll('\n', '').replaceAll(/ +/g, ' '),
      '\n',
      JSON.stringify(result.counterexample?.[0]?.[1]),
    )
    return
  }
  let fails = 0
  const lines: string[] = []
  for (const c of fc.sample(cases, { numRuns: n, seed: Number(process.env['SEED'] ?? 1) })) {
    const r = await run(c)
    if (r) {
      fails++
      lines.push(r)
    }
  }
  console.log(`host ${hostIdx}: ${fails}/${n} fail, ${bad} inconsistent\n` + lines.slice(0, 25).join('\n'))
})
