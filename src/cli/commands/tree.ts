/**
 * `roscius tree <folder>`: draws the actors of a folder: those of the system that has it open, if it lets programs in, else those
 * of the store. Changes no record.
 */
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findControl } from '../../control/client/control-client.js'
import type { ActorNode, ActorTree } from '../../core/actor-tree.js'
import { treeText } from '../../runtime/tree-text.js'
import { runningTree } from '../running/running-tree.js'
import { decrypted, KEY_HELP } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { readStoredTree } from '../stored/stored-tree.js'
import { outputWidth } from '../terminal/output.js'
import { paintOfOutput } from '../text/colours.js'
import { jsonText } from '../text/printable.js'
import { fitted, widthOf } from '../text/text-width.js'

const HELP = `Usage: roscius tree <folder> [--depth <n>] [--json]

Draws the actors in <folder> under their parents: logic, status, state, restarts, events in the mailbox. A system that has
the folder open is asked itself, if it lets programs in (see serveControl and createConsole); else what the store holds is
drawn, or a copy of it if a process has it open. Nothing is changed.

  --depth <n>   draw n levels, and count what is below
  --json        one JSON object: { name, counts, children: [{ id, path, logic, status, value, ..., children }] }

Of more than twelve siblings ten are drawn and the rest is counted; --json has them all.
${KEY_HELP}
Exit code: 0 the tree is drawn, 1 it is drawn and some actors could not be read, 2 it could not be drawn.
`

const IN_USE = 'A process has the store open: this is what it had committed, without its volatile actors.\n'

export async function treeCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, depth: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [folder, ...rest] = positionals
  const depth = values.depth === undefined ? Number.POSITIVE_INFINITY : Number(values.depth)
  if (folder === undefined || rest.length > 0 || !isDepth(depth)) {
    process.stderr.write(HELP)
    return 2
  }
  return print(await readTree(folder), depth, values.json === true)
}

function isDepth(depth: number): boolean {
  return depth >= 1 && (Number.isInteger(depth) || depth === Number.POSITIVE_INFINITY)
}

async function readTree(folder: string): Promise<ActorTree> {
  const system = await findControl(folder)
  if (system !== undefined) return runningTree(system)
  return withStoreOrCopy(
    folder,
    () => void process.stderr.write(IN_USE),
    (store) => readStoredTree(basename(resolve(folder)), store, decrypted(store)),
  )
}

function print(tree: ActorTree, depth: number, isJson: boolean): number {
  const { name, counts, children } = tree
  const unread = counts.quarantined ?? 0
  if (isJson) process.stdout.write(`${jsonText({ name, counts, children: prunedTo(children, depth) })}\n`)
  else process.stdout.write(`${drawn(tree, depth)}\n`)
  if (unread > 0 && !isJson)
    process.stderr.write(`${unread} of them can't be read: roscius verify tells which records are damaged.\n`)
  return unread > 0 ? 1 : 0
}

/** On a terminal no line is wider than that. Where it goes is known by the uncoloured lines. */
function drawn(tree: ActorTree, depth: number): string {
  const painted = treeText(tree, { depth, paint: paintOfOutput() })
  if (process.stdout.isTTY !== true) return painted
  const width = outputWidth()
  const lines = painted.split('\n')
  const plain = treeText(tree, { depth }).split('\n')
  return plain.map((each, index) => (widthOf(each) <= width ? lines[index] : fitted(each, width))).join('\n')
}

function prunedTo(nodes: readonly ActorNode[], depth: number): readonly ActorNode[] {
  if (depth === Number.POSITIVE_INFINITY) return nodes
  return nodes.map((node) => ({ ...node, children: depth > 1 ? prunedTo(node.children, depth - 1) : [] }))
}
