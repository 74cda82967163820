/** Holds what is in the store at the end against the ledger: everything asked for has happened, once. */
import type { AccountContext } from '../society/account.js'
import { groupBy } from '../society/group.js'
import type { Breach } from '../society/ordeal.js'
import type { Deed } from '../society/outside.js'
import type { Named, Step } from '../society/script.js'
import type { Line } from './ledger.js'

/** Contexts of all stored actors by path. */
export type Contexts = Readonly<Record<string, unknown>>

export function checkLedger(lines: readonly Line[], contexts: Contexts): Breach[] {
  const deeds = lines.filter((line) => line.t === 'deed')
  const unknown = lines.flatMap((line) => (line.t === 'unknown' ? [line.effectId] : []))
  const steps = lines.flatMap((line) => (line.t === 'asked' ? [line.step] : []))
  const expected = new Expected(contexts)
  for (const step of steps) expected.add(step)
  return [
    ...lines.flatMap((line) =>
      line.t === 'breach' ? [{ ...line, message: `life ${line.life}: ${line.message}` }] : [],
    ),
    ...expected.breaches(),
    ...deedBreaches(deeds, unknown, expected),
  ]
}

/** What the steps that were asked for must have led to. */
class Expected {
  /** Labels of effects that are done at least once, whatever happens. */
  readonly labels = new Set<string>()
  /** Labels of plain actions: done, or reported as unknown. */
  readonly plain = new Set<string>()
  readonly #transfers = new Map<string, number>()
  readonly #faults: string[] = []

  constructor(private readonly contexts: Contexts) {}

  add(step: Step): void {
    if (step.kind === 'relay') this.#once(`relayed ${step.label}`, this.#of<Tally>('tally').labels, step.label)
    if (step.kind === 'deliver') this.#addDelivery(step.to, step.event)
  }

  breaches(): Breach[] {
    for (const [pair, count] of this.#transfers) {
      const [from, to] = pair.split(' ') as [string, string]
      const sent = this.#of<AccountContext>(from).sent[to]?.count ?? 0
      if (sent !== count) this.#faults.push(`${from} was asked for ${count} transfers to ${to} and made ${sent}`)
      for (let n = 1; n <= count; n++) this.plain.add(`audit ${from} to ${to} ${n}`)
    }
    return this.#faults.map((message) => ({ invariant: 'I3', message }))
  }

  #addDelivery({ id }: Named, event: { readonly type: string } & Record<string, unknown>): void {
    const label = String(event.label ?? event.id ?? '')
    switch (event.type) {
      case 'TRANSFER': {
        const pair = `${id} ${(event.to as Named).id}`
        this.#transfers.set(pair, (this.#transfers.get(pair) ?? 0) + 1)
        return
      }
      case 'WORK':
        this.#once(id, this.#of<{ results: string[] }>(id).results, `${label}: done`)
        for (const each of [label, `told ${label}: done`]) this.#counted(each)
        return
      case 'NAP':
        this.#once(id, this.#of<{ woke: string[] }>(id).woke, label)
        this.labels.add(`${id} woke from ${label}`)
        return
      case 'HIRE':
        this.#hired(id, label, event.times as number)
        return
      case 'WONDER':
        this.#once(id, this.#of<{ answers: string[] }>(id).answers, label)
        this.#is(`oracle on ${label}`, this.#of<{ asked: Record<string, number> }>('oracle').asked[label], 1)
        return
      case 'LAY':
        this.#once(id, this.#of<{ hatched: string[] }>(id).hatched, label)
        this.plain.add(`cracked ${label}`)
    }
  }

  #hired(boss: string, id: string, times: number): void {
    const { posts, told } = this.#of<{ posts: Record<string, { done: number }>; told: string[] }>(boss)
    this.#is(`${boss}'s ${id}`, posts[id]?.done, times)
    for (let n = 0; n < times; n++) {
      this.#once(boss, told, `job ${id} ${n}`)
      this.labels.add(`job ${id} ${n}`)
    }
  }

  #counted(label: string): void {
    this.labels.add(label)
    this.#is(`the tally of ${label}`, this.#of<Tally>('tally').counts[label], 1)
  }

  #once(who: string, list: readonly string[], item: string): void {
    this.#is(`${who}, ${item}`, list.filter((each) => each === item).length, 1)
  }

  #is(what: string, count: number | undefined, expected: number): void {
    if (count !== expected) this.#faults.push(`${what}: happened ${count ?? 0} times instead of ${expected}`)
  }

  #of<T>(id: string): T {
    return (this.contexts[id] ?? {}) as T
  }
}

interface Tally {
  readonly labels: string[]
  readonly counts: Record<string, number>
}

function deedBreaches(deeds: readonly Deed[], unknown: readonly string[], expected: Expected): Breach[] {
  const faults: string[] = []
  const byLabel = groupBy(deeds, ({ label }) => label)
  const byId = groupBy(deeds, ({ effectId }) => effectId)
  for (const [label, same] of byLabel) {
    const ids = new Set(same.map(({ effectId }) => effectId))
    // Each nest has a hen.
    if (ids.size > 1 && label !== 'hen')
      faults.push(`"${label}" was done under several effect ids: ${[...ids].join(', ')}`)
    if (same.length > 1 && same[0]?.kind === 'atMostOnce') faults.push(`"${label}" was done ${same.length} times`)
  }
  for (const [id, same] of byId) {
    if (new Set(same.map(({ label }) => label)).size > 1) faults.push(`effect id ${id} stands for different effects`)
    if (new Set(same.map(({ life }) => life)).size < same.length) faults.push(`${id} was started twice in one life`)
  }
  for (const label of expected.labels) if (!byLabel.has(label)) faults.push(`"${label}" was never done`)
  const silent = [...expected.plain].filter((label) => !byLabel.has(label))
  const undone = new Set(unknown.filter((id) => !byId.has(id)))
  if (silent.length > undone.size) {
    faults.push(
      `${silent.length} plain actions were not done, ${undone.size} reported: ${silent.slice(0, 5).join(', ')}`,
    )
  }
  return faults.map((message) => ({ invariant: 'I4', message }))
}
