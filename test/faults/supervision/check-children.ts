/**
 * Who must be there and who must not, by what was asked for and answered.
 *
 * 1. Permanent children are there after every recovery, and run when all is at rest.
 * 2. Those that were ended by an order, or failed and are temporary, or are done, never come back.
 * 3. Nobody is an orphan: whoever is alive has parents that are.
 * 4. A command that was not answered may have been carried out, and may yet be.
 */
import type { Breach } from '../society/ordeal.js'
import type { Line, Seen } from './ledger.js'
import type { Step } from './steps.js'
import { GANG, GANG_LEAVES, STATIC_SUPERVISORS, STEADY, TEMPORARY, VOLATILE } from './tree.js'

const IS_ALIVE: ReadonlySet<string> = new Set(['active', 'restarting', 'starting'])

/** How mail to somebody who fails of it, or is not there, is answered. */
const IS_FATAL = /^(ACTOR_FAILED|DEAD_LETTER)/

/** `ended`: it can be started again. */
type State = 'absent' | 'runs' | 'ended'

export function childBreaches(lines: readonly Line[]): Breach[] {
  const children = new Whereabouts()
  const faults: string[] = []
  let hasRoot = false
  for (const line of lines) {
    if (line.t === 'asked') hasRoot = true
    children.read(line)
    if (line.t !== 'picture' || !(hasRoot || line.isAtRest)) continue
    const when = line.isAtRest ? 'at rest' : `after recovery ${line.life}`
    const seen = new Map(line.actors.map((actor) => [actor.path, actor]))
    const found = [...orphans(seen), ...missing(seen, line.isAtRest), ...children.strays(seen)]
    faults.push(...found.map((fault) => `${when}: ${fault}`))
  }
  faults.push(...children.faults)
  return faults.map((message) => ({ invariant: 'children', message }))
}

function orphans(seen: ReadonlyMap<string, Seen>): string[] {
  return [...seen.values()].flatMap(({ path, status }) => {
    const parent = seen.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    const isOrphan = IS_ALIVE.has(status) && path.includes('/') && !IS_ALIVE.has(parent?.status ?? 'missing')
    return isOrphan ? [`${path} is ${status}, and its parent is ${parent?.status}`] : []
  })
}

function missing(seen: ReadonlyMap<string, Seen>, isAtRest: boolean): string[] {
  // What is volatile has to be started anew; a stopped gang comes back in steps.
  const later = isAtRest ? [] : [VOLATILE, ...GANG_LEAVES]
  const permanent = [...STATIC_SUPERVISORS, ...STEADY, ...GANG_LEAVES].filter((path) => !later.includes(path))
  return permanent.flatMap((path) => {
    const { status = 'missing', value } = seen.get(path) ?? {}
    if (!isAtRest) return IS_ALIVE.has(status) ? [] : [`the permanent ${path} is ${status}`]
    const isUp = status === 'active' && value === (STATIC_SUPERVISORS.includes(path) ? 'running' : 'idle')
    return isUp ? [] : [`the permanent ${path} is ${status} in ${JSON.stringify(value)}`]
  })
}

/** Where the children may be that come and go. */
class Whereabouts {
  readonly faults: string[] = []
  readonly #asked = new Map<string, Step>()
  readonly #possible = new Map<string, ReadonlySet<State>>([[TEMPORARY, new Set(['runs'])]])
  /** Children of whom a command of an earlier life was not answered. */
  readonly #unsure = new Set<string>()

  read(line: Line): void {
    if (line.t === 'asked') this.#ask(line.n, line.step)
    const step = line.t === 'answered' ? this.#asked.get(line.n) : undefined
    if (line.t === 'answered' && step !== undefined) this.#answer(line.n, step, line.answer)
    if (line.t === 'life') for (const { path } of this.#asked.values()) this.#unsure.add(path)
  }

  #ask(n: string, step: Step): void {
    if (!concernsChildren(step)) return
    this.#asked.set(n, step)
    this.#set(step.path, [...this.#of(step.path), ...after(step, this.#of(step.path))])
  }

  #answer(n: string, step: Step, answer: string): void {
    const { path } = step
    const before = this.#of(path)
    this.#asked.delete(n)
    const isDone = answer === 'ok' || (step.kind === 'tell' && IS_FATAL.test(answer))
    const allowed = isDone ? [...after(step, new Set<State>(['absent', 'runs', 'ended']))] : whenRefused(answer)
    if (allowed === undefined) {
      this.faults.push(`${step.kind} ${path} was answered with ${answer}`)
      return
    }
    if (!isDone && this.#unsure.has(path)) return
    const possible = isDone ? allowed : allowed.filter((state) => before.has(state))
    if (possible.length === 0)
      this.faults.push(
        `${step.kind} ${path} was answered with ${answer}, and it could only be: ${[...before].join(', ')}`,
      )
    this.#set(path, possible)
    this.#unsure.delete(path)
  }

  /** Those who are where they can't be. */
  strays(seen: ReadonlyMap<string, Seen>): string[] {
    const faults: string[] = []
    for (const [path, states] of this.#possible) {
      const status = seen.get(path)?.status ?? 'missing'
      const canRun = states.has('runs')
      if (IS_ALIVE.has(status) && !canRun)
        faults.push(`${path} is ${status}, and should be ${[...states].join(' or ')}`)
      if (!IS_ALIVE.has(status) && states.size === 1 && canRun) faults.push(`${path} is ${status}, and should run`)
    }
    return faults
  }

  #of(path: string): ReadonlySet<State> {
    return this.#possible.get(path) ?? new Set(['absent'])
  }

  #set(path: string, states: readonly State[]): void {
    this.#possible.set(path, new Set(states))
  }
}

function concernsChildren({ kind, path, ...step }: Step): boolean {
  if (kind !== 'tell') return path !== GANG
  const { type } = (step as Extract<Step, { kind: 'tell' }>).event
  return type === 'FINISH' || (type === 'FAIL' && !STEADY.includes(path))
}

/** Where it is once the step is done. Those that fail or finish here are temporary or transient. */
function after({ kind, path }: Step, before: ReadonlySet<State>): readonly State[] {
  switch (kind) {
    case 'start':
    case 'restart':
      return ['runs']
    case 'delete':
      return ['absent']
    case 'terminate':
      return isMission(path) ? ['absent'] : ['ended']
    case 'cancel':
    case 'stop':
    case 'tell':
      return before.has('runs') || before.has('ended') ? ['ended'] : ['absent']
  }
}

/** Where it was, if the step was refused like that; `undefined`: that may not happen. */
function whenRefused(answer: string): readonly State[] | undefined {
  if (answer === 'ACTOR_EXISTS') return ['runs', 'ended']
  if (answer === 'CHILD_RUNNING') return ['runs']
  if (answer === 'ACTOR_NOT_FOUND') return ['absent']
  return undefined
}

const isMission = (path: string): boolean => path.includes('/mission-')
