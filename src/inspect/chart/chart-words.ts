/**
 * The words of a statechart: short, on one line, and never so many that they hide the picture.
 */
import { durationName } from '../definition/duration-name.js'
import type { DefinedAction, DefinedTransition, StateDefinition } from '../definition/machine-definition.js'

export const NAME_LENGTH = 60
const WORDS_LENGTH = 120
/** How many of a kind are drawn; the rest is counted. */
const MOST = 12
const MOST_LINES = 24

const ESCAPES: Readonly<Record<string, string>> = { '\n': '⏎', '\r': '⏎', '\t': ' ' }

/** Text as it is drawn: one line, cut where it is too long. What has no shape (control characters, turned text) is `·`. */
export function drawn(text: string, longest = WORDS_LENGTH): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu, (character) => ESCAPES[character] ?? '·')
}

/** All of them, or the first and how many more there are. */
export function few(items: readonly string[], most = MOST): string[] {
  const more = items.length - most
  return more <= 1 ? [...items] : [...items.slice(0, most), `… ${more} more`]
}

export function triggerWords({ kind, descriptor, delay }: DefinedTransition): string {
  if (kind === 'after') return drawn(`after ${durationName(delay)}`)
  if (kind === 'done') return 'done'
  return descriptor === '*' ? 'any event' : drawn(descriptor)
}

export function actionWords(actions: readonly DefinedAction[]): string[] {
  return few(actions.map(({ text }) => drawn(text)))
}

/** The lines inside of a state. */
export function stateLines(state: StateDefinition): string[] {
  const { entry, exit, initial, transitions, tags } = state
  const lines = [
    ...actionLine('initial', initial?.actions ?? []),
    ...actionLine('entry', entry),
    ...actionLine('exit', exit),
    ...transitions.filter(({ targets }) => targets.length === 0).map(transitionLine),
    ...deferred(state.meta),
    ...(tags.length === 0 ? [] : [`tags ${few(tags).map(named).join(', ')}`]),
  ]
  return few(lines, MOST_LINES)
}

function actionLine(when: string, actions: readonly DefinedAction[]): string[] {
  return actions.length === 0 ? [] : [`${when} / ${actionWords(actions).join(', ')}`]
}

function transitionLine(transition: DefinedTransition): string {
  const guard = transition.guard === undefined ? '' : ` [${drawn(transition.guard.text)}]`
  const actions = actionWords(transition.actions)
  return `${triggerWords(transition)}${guard} / ${actions.length > 0 ? actions.join(', ') : 'nothing'}`
}

/** `meta.defer` names the events that a state stashes; a function can't be drawn. */
function deferred(meta: unknown): string[] {
  const defer: unknown = typeof meta === 'object' && meta !== null && Reflect.get(meta, 'defer')
  if (defer === undefined || defer === false) return []
  return [`defer ${Array.isArray(defer) ? few(defer.map((type) => named(String(type)))).join(', ') : '…'}`]
}

function named(text: string): string {
  return drawn(text, NAME_LENGTH)
}
