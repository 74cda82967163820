/**
 * What Mermaid reads in a `stateDiagram-v2`: a reader of that part of its grammar which drawn charts may use. It throws where
 * Mermaid would, and where it would take a text for syntax.
 */

export interface ReadState {
  readonly title: string
  readonly lines: string[]
  /** Of each of its regions; one, if it has no others. */
  readonly regions: string[][]
}

export interface ReadDiagram {
  readonly states: ReadonlyMap<string, ReadState>
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly label: string }[]
  readonly active: readonly string[]
}

const TEXT = String.raw`([^:;"#%{}<>\n]+)`
const LINES = {
  state: new RegExp(`^state "${TEXT.replace('+', '*')}" as (\\w+)(\\{?)$`),
  start: /^\[\*\] --> (\w+)$/,
  end: /^(\w+) --> \[\*\]$/,
  arrow: new RegExp(`^(\\w+) --> (\\w+)(?: : ${TEXT})?$`),
  line: new RegExp(`^(\\w+) : ${TEXT}$`),
  note: new RegExp(`^note right of (\\w+) : ${TEXT}$`),
  classDef: /^classDef active [\w:#,]+$/,
  active: /^class ([\w,]+) active$/,
}

/** Entities become characters that have no meaning before Mermaid reads, and what they stand for after. */
const encoded = (source: string): string => source.replace(/#(\d+);/g, '«$1»')
const decoded = (text = ''): string => text.replace(/«(\d+)»/g, (_, code) => String.fromCodePoint(Number(code)))

export function readMermaid(source: string): ReadDiagram {
  const [header, direction, ...lines] = encoded(source).trimEnd().split('\n')
  if (header !== 'stateDiagram-v2' || direction?.trim() !== 'direction LR') throw new Error(`It begins with ${header}.`)
  const states = new Map<string, ReadState>()
  const arrows: { from: string; to: string; label: string }[] = []
  const active: string[] = []
  const around: ReadState[] = []
  const at = (id: string): ReadState => {
    const state = states.get(id)
    if (state === undefined) throw new Error(`${id} is not there yet.`)
    return state
  }
  for (const each of lines) {
    const line = each.trim()
    if (/direction\s+(TB|BT|RL|LR)/i.test(line)) throw new Error(`A command: ${line}`)
    const found = Object.entries(LINES).find(([, pattern]) => pattern.test(line))
    const [, one = '', two = '', three = ''] = found?.[1].exec(line) ?? []
    if (line === '}') {
      if (around.pop() === undefined) throw new Error('} without {')
    } else if (line === '--') {
      if (around.length === 0) throw new Error('-- outside')
      around.at(-1)!.regions.push([])
    } else if (found?.[0] === 'state') {
      if (states.has(two)) throw new Error(`${two} twice`)
      const state: ReadState = { title: decoded(one), lines: [], regions: [[]] }
      states.set(two, state)
      around.at(-1)?.regions.at(-1)?.push(two)
      if (three === '{') around.push(state)
    } else if (found?.[0] === 'arrow') arrows.push({ from: one, to: two, label: decoded(three) })
    else if (found?.[0] === 'line') at(one).lines.push(decoded(two))
    else if (found?.[0] === 'note') at(one).lines.push(...decoded(two).split(' · '))
    else if (found?.[0] === 'active') active.push(...one.split(','))
    else if (found === undefined) throw new Error(`Not of the grammar: ${line}`)
  }
  if (around.length > 0) throw new Error('{ without }')
  for (const { from, to } of arrows) for (const id of [from, to]) at(id)
  return { states, arrows, active }
}
