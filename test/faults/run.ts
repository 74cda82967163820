/** `npm run faults`: runs the fault suites that stand beside this file; see fault-suite.ts for how to write one. */
import { readdir } from 'node:fs/promises'
import { runFaultCommand } from './fault-command.js'
import type { FaultSuite } from './fault-suite.js'

async function findSuites(): Promise<FaultSuite[]> {
  const files = (await readdir(new URL('.', import.meta.url))).filter((file) => file.endsWith('.suite.js')).sort()
  const modules = await Promise.all(files.map((file) => import(new URL(file, import.meta.url).href)))
  return modules.map((module: { suite: FaultSuite }) => module.suite)
}

process.exitCode = await runFaultCommand(process.argv.slice(2), await findSuites(), {
  print: (line) => console.log(line),
  log: (line) => console.error(line),
})
