/** Compares a run with crashes to the same script without any. */
import { isDeepStrictEqual } from 'node:util'
import { groupBy } from './group.js'
import type { Breach, OrdealResult } from './ordeal.js'
import type { Deed } from './outside.js'
import { FLEETING, RELAXED } from './script.js'

/** Every breach of a run: those seen on the way, other end states, other or unfaithfully repeated effects. */
export function verdict(calm: OrdealResult, stormy: OrdealResult): Breach[] {
  if (stormy.breaches.some(({ invariant }) => invariant === 'progress')) return [...stormy.breaches]
  return [...stormy.breaches, ...stateBreaches(calm, stormy), ...deedBreaches(calm, stormy)]
}

function stateBreaches(calm: OrdealResult, stormy: OrdealResult): Breach[] {
  const paths = new Set([...Object.keys(calm.state), ...Object.keys(stormy.state)])
  return [...paths]
    .filter((path) => !isDeepStrictEqual(calm.state[path], stormy.state[path]))
    .map((path) => ({
      invariant: 'I3',
      message: `${path} ended as ${JSON.stringify(stormy.state[path])} instead of ${JSON.stringify(calm.state[path])}`,
    }))
}

function deedBreaches(calm: OrdealResult, stormy: OrdealResult): Breach[] {
  const expected = byLabel(calm.outside.deeds)
  const done = byLabel(stormy.outside.deeds)
  const faults = [...done].flatMap(([label, deeds]) => faultsOf(label, deeds, stormy.powerLoss))
  for (const label of done.keys()) if (!expected.has(label)) faults.push(`"${label}" is done by no calm run`)
  for (const [effectId, labels] of labelsById(stormy.outside.deeds)) {
    if (labels.size === 1 || (stormy.powerLoss && isOfRelaxed(effectId))) continue
    faults.push(`effect id ${effectId} stands for different effects: ${[...labels].join(', ')}`)
  }
  const missing = [...expected].filter(([label]) => !done.has(label)).map(([, deeds]) => deeds[0] as Deed)
  return [...faults, ...faultsOfMissing(missing, stormy)].map((message) => ({ invariant: 'I4', message }))
}

/** A relaxed actor may lose what it did to a loss of power, and then does it anew, perhaps as another record. */
function faultsOf(label: string, deeds: readonly Deed[], powerLoss: boolean): string[] {
  const faults: string[] = []
  const lives = new Set(deeds.map(({ life }) => life))
  if (lives.size < deeds.length) faults.push(`"${label}" was done twice in one life`)
  const ids = [...new Set(deeds.map(({ effectId }) => effectId))]
  if (powerLoss && ids.every(isOfRelaxed)) return faults
  if (ids.length > 1) faults.push(`"${label}" was done under several effect ids: ${ids.join(', ')}`)
  if (deeds.length > 1 && deeds[0]?.kind === 'atMostOnce') faults.push(`"${label}" was done ${deeds.length} times`)
  return faults
}

/** Only a plain action may be missing, and only if the system has said that it doesn't know. */
function faultsOfMissing(missing: readonly Deed[], { outside }: OrdealResult): string[] {
  const known = new Set(outside.deeds.map(({ effectId }) => effectId))
  const unknown = [...outside.unknown].filter((id) => !known.has(id))
  const silent = missing.filter(({ kind }) => kind === 'atMostOnce').map(({ label }) => label)
  const never = missing
    .filter(({ kind, label }) => kind !== 'atMostOnce' && !label.startsWith(FLEETING))
    .map(({ label }) => `"${label}" was never done`)
  if (silent.length <= unknown.length) return never
  return [...never, `${silent.join(', ')}: not done, and only ${unknown.length} reported as unknown`]
}

function isOfRelaxed(effectId: string): boolean {
  const [path] = effectId.split(/[@#]/)
  return RELAXED.has(path as string)
}

function labelsById(deeds: readonly Deed[]): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>()
  for (const { effectId, label } of deeds) labels.set(effectId, (labels.get(effectId) ?? new Set()).add(label))
  return labels
}

const byLabel = (deeds: readonly Deed[]): Map<string, Deed[]> => groupBy(deeds, ({ label }) => label)
