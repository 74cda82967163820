/** What differs between machines, and whom that touches, in words. */
import type { Change } from '../../inspect/diff/change.js'
import { countText, plural } from '../../runtime/phrases.js'
import type { MachineDifference } from '../machines/machine-difference.js'
import type { TouchedActor, TouchedActors } from '../stored/touched-actors.js'
import { line } from './printable.js'

export interface Told {
  readonly same: boolean
  readonly machines: readonly Pick<MachineDifference, 'name' | 'status' | 'changes'>[]
  readonly store: (TouchedActors & { readonly folder: string }) | undefined
}

export function diffText({ machines, store }: Told): string {
  const lines = [...machines.flatMap(machineLines), ...(store === undefined ? [] : ['', ...storeLines(store)])]
  return `${lines.join('\n')}\n`
}

function machineLines({ name, status, changes }: Told['machines'][number]): string[] {
  if (status === 'same') return [`${line(name)}: the same`]
  if (status !== 'changed') return [`${line(name)}: ${status === 'added' ? 'new' : 'gone'}`]
  const count = `${countText(changes.length)} ${plural(changes.length, 'change')}`
  return [`${line(name)}: ${count}`, ...changes.map((change) => `  ${changeText(change)}`)]
}

/** One change in a line: `idle: GO [isOpen] leads to b, was a`. */
function changeText(change: Change): string {
  const place = 'state' in change ? `${pathOf(change.state)}: ` : ''
  return line(`${place}${whatOf(change)}`)
}

function whatOf(change: Change): string {
  switch (change.kind) {
    case 'machineChanged':
      return `the ${change.what} ${fromTo(change)}`
    case 'stateAdded':
      return change.isRegion ? 'new region' : 'new state'
    case 'stateRemoved':
      return 'is gone'
    case 'stateRenamed':
      return `is called ${pathOf(change.to)} now`
    case 'stateChanged':
      return `${change.what} ${fromTo(change)}`
    case 'transitionAdded':
      return `new: ${wayText(change)} → ${targetsText(change.transition.targets)}`
    case 'transitionRemoved':
      return `gone: ${wayText(change)} → ${targetsText(change.transition.targets)}`
    case 'transitionRetargeted':
      return `${wayText(change)} leads to ${targetsText(change.to)}, was ${targetsText(change.from)}`
    case 'transitionChanged':
      return `${wayText(change)}: ${change.what} ${fromTo(change)}`
  }
}

function pathOf(path: readonly string[]): string {
  return path.length === 0 ? '(root)' : path.join('.')
}

function wayText({ transition }: Extract<Change, { transition: object }>): string {
  return transition.guard === undefined ? transition.descriptor : `${transition.descriptor} [${transition.guard}]`
}

function targetsText(targets: readonly string[]): string {
  return targets.length === 0 ? '(no target)' : targets.join(', ')
}

function fromTo({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${to === '' ? '(none)' : to}, was ${from === '' ? '(none)' : from}`
}

function storeLines({ folder, actors, unread, touched }: NonNullable<Told['store']>): string[] {
  const all = `${countText(actors)} ${plural(actors, 'actor')}`
  const paths = new Set(touched.map(({ path }) => path)).size
  const verb = paths === 1 ? 'is' : 'are'
  return [
    `${line(folder)}: ${all} of these machines, ${countText(paths)} ${verb} touched`,
    ...touched.map(touchedLine),
    ...(unread === 0 ? [] : [`  ${countText(unread)} can't be read: roscius verify tells which records are damaged.`]),
  ]
}

function touchedLine({ path, inside, state, how, missing, changes }: TouchedActor): string {
  const who = inside === undefined ? path : `${path} (${inside})`
  const why = missing.length > 0 ? `lacks ${missing.join(', ')}` : changes.map(changeText).join('; ')
  return `  ${how.padEnd(7)}  ${line(who)}  in ${line(state === '' ? 'its only state' : state)}  ${line(why)}`.trimEnd()
}
