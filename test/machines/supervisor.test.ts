/** The supervisor's statechart on plain XState: every state, every transition, and what waits in which state. */
import { describe, expect, it } from 'vitest'
import { type AnyStateNode, createActor, fromCallback, fromPromise, type StateValue, transition } from 'xstate'
import { type ChildrenInput, type SupervisorContext, supervisorMachine } from '../../machines/supervisor.js'

const COMMANDS = ['startChild', 'terminateChild', 'restartChild', 'deleteChild'].map((name) => `roscius.${name}`)
const ESCALATED = { type: 'roscius.child.escalated', id: 'a', why: 'directive', error: 'hopeless' }
const FAILED = { type: 'roscius.child.failed', id: 'a', restarts: 1, isCounted: true, error: 'broken' }
const ENDED = { type: 'roscius.child.ended', id: 'a', reason: 'done' }
const START_FAILED = { type: 'roscius.child.startFailed', id: 'a', error: 'broken' }
const MISSING = { type: 'roscius.child.missing' }

type Guard = 'isStale' | 'exceedsIntensity' | 'endsSupervisor' | 'mayEndSupervisor'

/** The machine, with guards that say yes where they are listed, and a list of the actions that ran. */
function machineWith(...holding: Guard[]) {
  const ran: string[] = []
  const note = (name: string) => () => {
    ran.push(name)
  }
  const is = (guard: Guard) => () => holding.includes(guard)
  const machine = supervisorMachine.provide({
    guards: {
      isStale: is('isStale'),
      exceedsIntensity: is('exceedsIntensity'),
      endsSupervisor: is('endsSupervisor'),
      mayEndSupervisor: is('mayEndSupervisor'),
    },
    actions: {
      countRestart: note('countRestart'),
      forgetChild: note('forgetChild'),
      startChild: note('startChild'),
      terminateChild: note('terminateChild'),
      restartChild: note('restartChild'),
      deleteChild: note('deleteChild'),
      refuse: note('refuse'),
      tellExceeded: note('tellExceeded'),
      fail: note('fail'),
    },
  })
  return { machine, ran }
}

const CONTEXT: SupervisorContext = {
  supervisor: {},
  restarts: [],
  failedId: undefined,
  isUp: false,
  failure: undefined,
}

const IN_STOPPING: StateValue = { restarting: 'stopping' }
const IN_STARTING: StateValue = { restarting: 'starting' }
const done = (state: string, output?: unknown) => ({ type: `xstate.done.actor.0.supervisor.${state}`, output })
const error = (state: string) => ({
  type: `xstate.error.actor.0.supervisor.${state}`,
  error: Object.assign(new Error('no start'), { details: { id: 'b' } }),
})

interface Path {
  readonly from: StateValue
  readonly event: { readonly type: string }
  readonly guards?: readonly Guard[]
  readonly to: StateValue
  readonly ran?: readonly string[]
  readonly context?: Partial<SupervisorContext>
}

const whenEscalated = { id: 'a', why: 'directive', error: 'hopeless' } as const

/** Every transition of the machine. */
const PATHS: readonly Path[] = [
  { from: 'starting', event: done('starting'), to: 'running', context: { isUp: true } },
  {
    from: 'starting',
    event: error('starting'),
    to: 'escalating',
    context: { failure: { id: 'b', why: 'start', error: expect.any(Error) } },
  },
  { from: 'running', event: FAILED, guards: ['isStale', 'exceedsIntensity'], to: 'running' },
  {
    from: 'running',
    event: FAILED,
    guards: ['exceedsIntensity'],
    to: 'escalating',
    ran: ['tellExceeded'],
    context: { failure: { id: 'a', why: 'intensity', error: 'broken' } },
  },
  { from: 'running', event: FAILED, to: IN_STOPPING, ran: ['countRestart'], context: { failedId: 'a' } },
  { from: 'running', event: ENDED, to: 'running', ran: ['forgetChild'] },
  { from: 'running', event: ENDED, guards: ['endsSupervisor'], to: 'stopping', ran: ['forgetChild'] },
  { from: 'running', event: ENDED, guards: ['mayEndSupervisor'], to: 'weighing', ran: ['forgetChild'] },
  { from: 'running', event: START_FAILED, to: 'running', ran: ['forgetChild'] },
  { from: 'running', event: MISSING, to: 'starting' },
  ...COMMANDS.map((type) => ({ from: 'running', event: { type }, to: 'running', ran: [type.slice(8)] })),
  { from: 'weighing', event: done('weighing', true), to: 'running' },
  { from: 'weighing', event: done('weighing', false), to: 'stopping' },
  { from: IN_STOPPING, event: done('restarting.stopping'), to: IN_STARTING, context: { failedId: 'a' } },
  { from: IN_STARTING, event: done('restarting.starting'), to: 'running', context: { failedId: undefined } },
  {
    from: IN_STARTING,
    event: error('restarting.starting'),
    to: 'escalating',
    context: { failedId: undefined, failure: { id: 'b', why: 'start', error: expect.any(Error) } },
  },
  { from: 'stopping', event: done('stopping'), to: 'stopped' },
  { from: 'stopping', event: ESCALATED, to: 'stopping', context: { failure: undefined } },
  ...COMMANDS.map((type) => ({ from: 'stopping', event: { type }, to: 'stopping', ran: ['refuse'] })),
  { from: 'escalating', event: done('escalating'), to: 'escalating', ran: ['fail'] },
  { from: 'escalating', event: ESCALATED, to: 'escalating', context: { failure: undefined } },
  ...(['starting', 'running', 'weighing', IN_STOPPING, IN_STARTING] as const).map((from) => ({
    from,
    event: ESCALATED,
    to: 'escalating',
    context: { failure: whenEscalated, failedId: undefined },
  })),
]

/** What a path does: the state, its context, and the actions that were run or were to be run. */
function walk({ from, event, guards = [] }: Path) {
  const { machine } = machineWith(...guards)
  const failedId = typeof from === 'object' ? 'a' : undefined
  const before = machine.resolveState({ value: from as never, context: { ...CONTEXT, failedId } })
  const [after, actions] = transition(machine, before, event as never)
  const ran = actions
    .map(({ type }) => type)
    .filter((type) => !type.startsWith('xstate.') && !type.startsWith('@xstate.'))
  return { value: after.value, context: after.context, ran }
}

const named = (value: StateValue): string =>
  typeof value === 'string' ? value : Object.entries(value).map(([parent, child]) => `${parent}.${child}`)[0]!

describe('a transition of the supervisor machine', () => {
  it.each(PATHS.map((path) => [named(path.from), path.event.type, path.guards ?? [], named(path.to), path] as const))(
    '%s, %s %j -> %s',
    (_from, _event, _guards, _to, path) => {
      const { value, context, ran } = walk(path)
      expect(value).toEqual(path.to)
      expect(ran).toEqual(path.ran ?? [])
      expect(context).toMatchObject(path.context ?? {})
    },
  )
})

/** All state nodes below, the innermost included. */
function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}
const nodes = nodesOf(supervisorMachine.root)
const leaves = nodes.filter(({ type }) => type === 'atomic')
const nameOf = ({ path }: AnyStateNode): string => path.join('.')

describe('the paths above', () => {
  it('reach every state', () => {
    const reached = new Set(PATHS.map(({ to }) => named(to)))
    const all = nodes.filter(({ type }) => type === 'atomic' || type === 'final').map(nameOf)
    expect([...reached].sort()).toEqual(all.sort())
  })

  it('take every transition', () => {
    const count = (event: string, from: string) =>
      PATHS.filter((path) => path.event.type === event && (from === '' || named(path.from) === from)).length
    for (const node of nodes)
      for (const [event, transitions] of node.transitions)
        expect([event, nameOf(node), count(event, nameOf(node)) >= transitions.length]).toEqual([
          event,
          nameOf(node),
          true,
        ])
  })
})

/** What happens to an event in a state. */
function fate(leaf: AnyStateNode, event: string): 'handled' | 'deferred' | 'ignored' {
  const line: AnyStateNode[] = []
  for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) line.push(node)
  const isDeferred = ({ meta }: AnyStateNode) =>
    (meta as { defer?: readonly string[] })?.defer?.includes(event) === true
  for (const node of line) {
    if (node.transitions.has(event)) return 'handled'
    if (isDeferred(node)) return 'deferred'
  }
  return 'ignored'
}

const fates = (event: string): Record<string, string> =>
  Object.fromEntries(leaves.map((leaf) => [nameOf(leaf), fate(leaf, event)]))

describe('what comes at the wrong time', () => {
  const whileBusy = {
    starting: 'deferred',
    running: 'handled',
    weighing: 'deferred',
    'restarting.stopping': 'deferred',
    'restarting.starting': 'deferred',
  }
  it.each(COMMANDS)('%s waits while children are started or stopped, and never gets lost', (command) => {
    expect(fates(command)).toEqual({ ...whileBusy, stopping: 'handled', escalating: 'deferred' })
  })
  it.each(['failed', 'ended', 'missing'].map((name) => `roscius.child.${name}`))(
    '%s waits until the children are up, and is dropped on the way out',
    (signal) => {
      expect(fates(signal)).toEqual({ ...whileBusy, stopping: 'ignored', escalating: 'ignored' })
    },
  )
  it('an escalation waits nowhere', () => {
    expect(new Set(Object.values(fates('roscius.child.escalated')))).toEqual(new Set(['handled']))
  })
})

/** The machine with actors that end when they are told to; `asked` has what they were started with. */
function running(...holding: Guard[]) {
  const asked: string[] = []
  const open = new Map<string, { resolve(output?: unknown): void; reject(error: unknown): void }>()
  const actor = <T>(name: string) =>
    fromPromise<T, ChildrenInput>(({ input: { failedId = 'all', isUp } }) => {
      asked.push(`${name} ${failedId}${isUp === true ? ' again' : ''}`)
      return new Promise<T>((resolve, reject) => open.set(name, { resolve: resolve as () => void, reject }))
    })
  const { machine, ran } = machineWith(...holding)
  const provided = machine.provide({
    actors: {
      startChildren: actor<void>('start'),
      stopChildren: actor<void>('stop'),
      endChildren: actor<void>('end'),
      lookForSignificant: actor<boolean>('look'),
      watchOver: fromCallback(() => {
        asked.push('watch')
      }),
    },
    actions: {
      fail: () => {
        throw new Error('given up')
      },
    },
  })
  const supervisor = createActor(provided)
  const errors: unknown[] = []
  supervisor.subscribe({ error: (thrown) => errors.push(thrown) })
  supervisor.start()
  const settle = async (name: string, output?: unknown): Promise<void> => {
    open.get(name)?.resolve(output)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { supervisor, asked, ran, errors, settle }
}

describe('a supervisor machine that runs', () => {
  it('starts all, restarts the group of a child, and ends with its last significant child', async () => {
    const { supervisor, asked, settle } = running('mayEndSupervisor')
    await settle('start')
    expect(supervisor.getSnapshot().value).toBe('running')
    supervisor.send(FAILED as never)
    await settle('stop')
    await settle('start')
    supervisor.send(ENDED as never)
    await settle('look', true)
    expect(supervisor.getSnapshot().value).toBe('running')
    supervisor.send(ENDED as never)
    await settle('look', false)
    await settle('end')
    expect(supervisor.getSnapshot()).toMatchObject({ value: 'stopped', status: 'done' })
    const restart = ['stop a', 'start a again']
    expect(asked).toEqual(['start all', 'watch', ...restart, 'watch', 'look all', 'watch', 'look all', 'end all'])
  })

  it('stops all its children and then fails, once one of them escalates', async () => {
    const { supervisor, asked, errors, settle } = running()
    await settle('start')
    supervisor.send(ESCALATED as never)
    expect(supervisor.getSnapshot()).toMatchObject({ value: 'escalating', status: 'active' })
    await settle('stop')
    expect(supervisor.getSnapshot().status).toBe('error')
    expect(errors).toMatchObject([{ message: 'given up' }])
    expect(asked).toEqual(['start all', 'watch', 'stop all'])
  })
})
