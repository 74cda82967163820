/**
 * What a LevelDB store consists of, read from its manifest: a log of edits that add and remove tables and move on to a new
 * write-ahead log. Other tables in the folder are what an interrupted merge left behind; LevelDB removes them.
 *
 * A manifest that can't be read is left to LevelDB, which reports it on opening. But it takes one whose end is torn off
 * for an older one, and would open the store without what came later. The log that such a manifest names is gone already.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LogDamage, recordsOfLog } from './level-log.js'
import { readVarint, type Varint } from './snappy.js'

export interface Table {
  readonly number: number
  readonly bytes: number
}

export interface Manifest {
  readonly file: string
  readonly bytes: number
  readonly tables: readonly Table[]
  /** Number of the oldest log that holds something which is in no table; 0 for a store that was never opened. */
  readonly log: number
}

/** The manifest of the store in `folder`; undefined when there is no store, or its manifest is unreadable. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const current = await readFile(join(folder, 'CURRENT'), 'utf8').catch(() => '')
  const name = current.trim()
  if (!/^MANIFEST-\d+$/.test(name)) return undefined
  const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
  const state: State = { tables: new Map(), log: 0 }
  for (const record of recordsOfLog(bytes)) if (!applyEdit(state, record)) return undefined
  return { file: name, bytes: bytes.length, tables: [...state.tables.values()], log: state.log }
}

/** The manifest, if the log that it names is not there. */
export async function findManifestDamage(folder: string, manifest: Manifest): Promise<LogDamage | undefined> {
  const { file, bytes, log } = manifest
  if (log === 0) return undefined
  const names = await readdir(folder)
  return names.some((name) => name.endsWith('.log') && Number.parseInt(name, 10) === log)
    ? undefined
    : { file, offset: bytes }
}

interface State {
  readonly tables: Map<number, Table>
  log: number
}

/** What the fields of an edit consist of: numbers, and strings with their length before them. */
const FIELDS: Readonly<Record<number, readonly ('number' | 'string')[]>> = {
  1: ['string'],
  2: ['number'],
  3: ['number'],
  4: ['number'],
  5: ['number', 'string'],
  6: ['number', 'number'],
  7: ['number', 'number', 'number', 'string', 'string'],
  9: ['number'],
}
const LOG = 2
const REMOVED = 6
const ADDED = 7

/** Answers false if the edit is not one. */
function applyEdit(state: State, edit: Buffer): boolean {
  const { tables } = state
  for (let at = 0; at < edit.length; ) {
    const tag = readVarint(edit, at)
    const read = tag && readFields(edit, tag)
    if (tag === undefined || read === undefined) return false
    const [first = 0, number = 0, bytes = 0] = read.numbers
    if (tag.value === LOG) state.log = first
    if (tag.value === REMOVED) tables.delete(number)
    if (tag.value === ADDED) tables.set(number, { number, bytes })
    at = read.next
  }
  return true
}

function readFields(edit: Buffer, tag: Varint): { readonly numbers: number[]; readonly next: number } | undefined {
  const fields = FIELDS[tag.value]
  if (fields === undefined) return undefined
  const numbers: number[] = []
  let { next } = tag
  for (const field of fields) {
    const varint = readVarint(edit, next)
    if (varint === undefined) return undefined
    numbers.push(varint.value)
    next = field === 'string' ? varint.next + varint.value : varint.next
  }
  return { numbers, next }
}
