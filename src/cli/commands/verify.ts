/**
 * `roscius verify <folder>`: checks a store that no system has open. Changes no record.
 */
import { parseArgs } from 'node:util'
import { isRosciusError } from '../../core/errors.js'
import { levelStore } from '../../persistence/level-store.js'
import type { Store } from '../../persistence/store.js'
import { type Damage, type Verified, verify } from '../../persistence/verify.js'
import { assertStore, decrypted, KEY_HELP } from '../stored/open-store.js'

const HELP = `Usage: roscius verify <folder> [--json]

Checks the store in <folder>: that every record decodes, journals have no gaps and their deltas apply, and that
timers, mail, effects and names refer to actors. Nothing is changed. Stop the system that uses the folder first.

  --json   one JSON object: { ok, actors, records, damages: [{ key, problem }] }

${KEY_HELP}
Exit code: 0 the store is sound, 1 it is damaged, 2 it could not be checked.
`

export async function verifyCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0) {
    process.stderr.write(HELP)
    return 2
  }
  return check(folder, values.json === true)
}

async function check(folder: string, isJson: boolean): Promise<number> {
  assertStore(folder)
  const store = await opened(folder)
  if (store === undefined) {
    const damages = [{ key: folder, problem: 'LevelDB can not open its files.' }]
    return report({ actors: 0, records: 0, count: 1, damages: isJson ? damages : undefined })
  }
  try {
    return report(await collect(store, isJson))
  } finally {
    await store.close()
  }
}

/** The store; `undefined` if its files are damaged. Another process having it open is no damage. */
async function opened(folder: string): Promise<Store | undefined> {
  try {
    return await levelStore(folder)
  } catch (error) {
    if (isRosciusError(error, 'STORE_LOCKED')) throw error
    process.stderr.write(`roscius: ${error instanceof Error ? error.message : String(error)}\n`)
    return undefined
  }
}

/** What a check found; the list only where it is to be printed at the end. */
interface Found extends Verified {
  readonly count: number
  readonly damages: readonly Damage[] | undefined
}

async function collect(store: Store, isJson: boolean): Promise<Found> {
  const damages: Damage[] | undefined = isJson ? [] : undefined
  const isShown = process.stderr.isTTY === true
  const onProgress = isShown ? (records: number) => process.stderr.write(`\r${records} records checked`) : undefined
  const found = verify(store, { values: decrypted(store), onProgress })
  let count = 0
  let step = await found.next()
  for (; step.done !== true; step = await found.next()) {
    count++
    // Lines come as damage is found, for there may be much of it; JSON is one object, so it waits.
    if (damages === undefined) process.stdout.write(`${step.value.key}: ${step.value.problem}\n`)
    else damages.push(step.value)
  }
  if (isShown) process.stderr.write('\n')
  return { ...step.value, count, damages }
}

function report({ actors, records, count, damages }: Found): number {
  const ok = count === 0
  if (damages !== undefined) process.stdout.write(`${JSON.stringify({ ok, actors, records, damages }, undefined, 2)}\n`)
  else process.stdout.write(`${actors} actors, ${records} records: ${ok ? 'sound' : `${count} damaged`}\n`)
  return ok ? 0 : 1
}
