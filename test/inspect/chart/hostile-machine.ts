import { type AnyStateMachine, createMachine } from 'xstate'

const HOSTILE = [
  '<script>alert(1)</script>',
  '"]; s0 --> s1 %% "',
  'two\nlines',
  '__proto__',
  'constructor',
  '} end note direction LR',
  '#quot;;:::',
  '\u202egnal\u0000\u{1f600}',
  'ten thousand letters'.repeat(500),
]

/** A machine whose names are all that a page, a picture or a diagram could stumble over. */
export function hostileMachine(): AnyStateMachine {
  const on = (index: number) =>
    Object.fromEntries(
      HOSTILE.map((name, other) => [
        `${name}!`,
        { target: `#${HOSTILE[(index + other) % HOSTILE.length]}`, guard: name, actions: [name], description: name },
      ]),
    )
  const states = Object.fromEntries(
    HOSTILE.map((name, index) => [
      name,
      {
        id: name,
        entry: name,
        tags: [name],
        description: name,
        meta: { defer: [name] },
        invoke: { src: name },
        on: on(index),
      },
    ]),
  )
  return createMachine({ id: '<m>&"', initial: HOSTILE[0], states } as Parameters<typeof createMachine>[0])
}

interface Level {
  readonly initial?: string
  readonly states?: Readonly<Record<string, Level>>
}

/** So many states, one in the other. */
export function deepMachine(levels: number): AnyStateMachine {
  const level = (left: number): Level => (left === 0 ? {} : { initial: 's', states: { s: level(left - 1), t: {} } })
  return createMachine({ id: 'deep', ...level(levels) } as Parameters<typeof createMachine>[0])
}

/** So many states in groups of ten, and so many transitions, mostly to neighbours. */
export function largeMachine(states: number, transitions: number): AnyStateMachine {
  const groups = Array.from({ length: Math.ceil(states / 10) }, (_, group) => {
    const names = Array.from({ length: Math.min(10, states - group * 10) }, (_, index) => `s${group * 10 + index}`)
    const leaves = names.map((name) => [name, { on: {} as Record<string, string> }] as const)
    return [`g${group}`, { initial: names[0], states: Object.fromEntries(leaves) }] as const
  })
  for (let index = 0; index < transitions; index++) {
    const from = (index * 7) % states
    const to = index % 5 === 0 ? (index * 31) % states : (from + 1 + (index % 3)) % states
    const { states: leaves } = groups[Math.floor(from / 10)]![1]
    leaves[`s${from}`]!.on[`E${index}`] = `#large.g${Math.floor(to / 10)}.s${to}`
  }
  const config = { id: 'large', initial: 'g0', states: Object.fromEntries(groups) }
  return createMachine(config as Parameters<typeof createMachine>[0])
}
