/** Compares a run with crashes to the same script without any. */
import { isDeepStrictEqual } from 'node:util'
import type { Breach, OrdealResult } from './ordeal.js'
import type { Deed } from './outside.js'

/** Every breach of a run: those seen on the way, other end states, other or unfaithfully repeated effects. */
export function verdict(calm: OrdealResult, stormy: OrdealResult): Breach[] {
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
  const breaches: Breach[] = []
  const breach = (message: string): void => void breaches.push({ invariant: 'I4', message })
  for (const [label, deeds] of done) {
    if (!expected.has(label)) breach(`"${label}" was done, which a run without a crash does not do`)
    const ids = new Set(deeds.map(({ effectId }) => effectId))
    if (ids.size > 1) breach(`"${label}" was done under several effect ids: ${[...ids].join(', ')}`)
    if (deeds.length > 1 && deeds[0]?.kind === 'atMostOnce') breach(`"${label}" was done ${deeds.length} times`)
    const isTwiceInOneLife = new Set(deeds.map(({ life }) => life)).size < deeds.length
    if (isTwiceInOneLife) breach(`"${label}" was done twice in one life`)
  }
  for (const [effectId, labels] of labelsById(stormy.outside.deeds)) {
    if (labels.size > 1) breach(`effect id ${effectId} stands for different effects: ${[...labels].join(', ')}`)
  }
  const missing = [...expected].filter(([label]) => !done.has(label)).map(([, deeds]) => deeds[0] as Deed)
  for (const { label, kind } of missing) if (kind !== 'atMostOnce') breach(`"${label}" was never done`)
  const unknown = [...stormy.outside.unknown].filter((id) => !stormy.outside.deeds.some(({ effectId }) => effectId === id))
  const silent = missing.filter(({ kind }) => kind === 'atMostOnce')
  if (silent.length > unknown.length) {
    breach(`${silent.map(({ label }) => label).join(', ')} was not done and not reported as unknown`)
  }
  return breaches
}

function labelsById(deeds: readonly Deed[]): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>()
  for (const { effectId, label } of deeds) labels.set(effectId, (labels.get(effectId) ?? new Set()).add(label))
  return labels
}

function byLabel(deeds: readonly Deed[]): Map<string, Deed[]> {
  const groups = new Map<string, Deed[]>()
  for (const deed of deeds) groups.set(deed.label, [...(groups.get(deed.label) ?? []), deed])
  return groups
}
