/**
 * What actors of a machine have come to: as a running system tells it, or as the journals of a store keep it.
 *
 * A store knows the structure of the machine that its actors were stored with, and a running system the chart of each of its
 * machines: by that the logic is found that the machine goes by, where nobody names it.
 */
import { existsSync } from 'node:fs'
import type { AnyStateMachine } from 'xstate'
import { type ControlClient, findControl } from '../../control/client/control-client.js'
import type { Coverage } from '../../inspect/coverage/coverage-counts.js'
import { coverageOfStored } from '../../inspect/coverage/journal-coverage.js'
import { definitionHash } from '../../inspect/definition/definition-hash.js'
import type { MachineDefinition } from '../../inspect/definition/machine-definition.js'
import { JournalReader } from '../../persistence/journal.js'
import { kindRange, pathInKey } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { Store } from '../../persistence/store.js'
import { runningSystem } from '../running/running-system.js'
import { NO_DOOR } from '../sources/no-door.js'
import { decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { storedCodec } from '../stored/stored-codec.js'
import { storedHistory } from '../stored/stored-history.js'
import { line } from '../text/printable.js'
import { type MachineSource, machineSource } from './machine-source.js'

export interface AskedCoverage {
  /** A module, perhaps with `#` and the name of an export. */
  readonly module: string
  readonly folder: string
  readonly logic: string | undefined
  readonly isLive: boolean
}

export interface SeenCoverage extends Coverage {
  /** `copy`: a process has the store open that lets nobody in. */
  readonly from: 'system' | 'store' | 'copy'
  readonly of: 'live' | 'journal'
  readonly definition: MachineDefinition
}

export async function seenOf({ module, folder, logic, isLive }: AskedCoverage): Promise<SeenCoverage> {
  const source = await machineSource(...fileAndExport(module))
  const system = isLive ? await runningSystem(folder, 'live traffic is seen') : await findControl(folder)
  const { definition } = source
  if (system !== undefined) {
    const of = isLive ? 'live' : 'journal'
    const name = logic ?? (await logicIn(system, source))
    const coverage = await system.coverage({ logic: name, of })
    if (coverage.chart !== definitionHash(definition)) sayDifferent(name, source)
    return { from: 'system', of, definition, ...coverage }
  }
  return withStoreOrCopy(
    folder,
    () => void process.stderr.write(NO_DOOR),
    async (store, isCopy) => {
      const coverage = await coverageIn(store, source, folder, logic)
      return { from: isCopy ? 'copy' : 'store', of: 'journal', definition, ...coverage } as const
    },
  )
}

function fileAndExport(module: string): [file: string, name: string | undefined] {
  const at = module.lastIndexOf('#')
  return at < 1 || existsSync(module) ? [module, undefined] : [module.slice(0, at), module.slice(at + 1)]
}

function sayDifferent(logic: string, { name }: MachineSource): void {
  process.stderr.write(
    `The machine of ${line(logic)} there is another than ${line(name)} here, or another version of it.\n`,
  )
}

// --- a running system ---

async function logicIn(system: ControlClient, source: MachineSource): Promise<string> {
  const { machines } = await system.machines()
  const chart = definitionHash(source.definition)
  const found = machines.filter((one) => one.chart === chart).map((one) => one.logic)
  return only(
    found,
    source,
    machines.map((one) => one.logic),
    'the running system',
  )
}

// --- a store ---

async function coverageIn(store: Store, source: MachineSource, folder: string, logic?: string): Promise<Coverage> {
  const values = decrypted(store)
  const journal = new JournalReader(values, storedCodec(values), NO_REFS)
  const machine = machineOf(source)
  const name = logic ?? (await logicOfStored(store, journal, source, folder))
  const history = storedHistory({ store, journal, name: '' }, (one) => (one === name ? machine : undefined))
  const coverage = await coverageOfStored(history, name)
  if (coverage === undefined) throw new Error(`There is no actor of the logic ${line(name)} in ${folder}.`)
  return coverage
}

function machineOf({ machine, name }: MachineSource): AnyStateMachine {
  if (machine !== undefined) return machine
  throw new Error(`${line(name)} was written down without its guards: give the module that exports the machine.`)
}

async function logicOfStored(store: Store, journal: JournalReader, source: MachineSource, folder: string) {
  const [all, fitting] = [new Set<string>(), new Set<string>()]
  for await (const [key] of store.range(kindRange('a'))) {
    const head = headOf(journal, pathInKey(key))
    if (head === undefined) continue
    all.add(head.logic)
    if (head.hash === source.structure) fitting.add(head.logic)
  }
  return only([...fitting], source, [...all], folder)
}

/** One that is damaged is of no logic that is known. */
function headOf(journal: JournalReader, path: string) {
  try {
    return journal.head(path)
  } catch {
    return undefined
  }
}

function only(found: readonly string[], { name }: MachineSource, all: readonly string[], place: string): string {
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first
  const why =
    first === undefined
      ? `No logic of ${line(place)} is ${line(name)} as it is here.`
      : `More than one logic of ${line(place)} is ${line(name)}.`
  const names = (first === undefined ? all : found).slice(0, 50).map((one) => line(one, 100))
  throw new Error(`${why} Say which is meant with --logic. There is: ${names.join(', ') || 'none'}.`)
}
