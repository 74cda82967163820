/** The first view: what runs, is anything wrong, and then every actor. */
import type { ReactNode } from 'react'
import { useSession } from '../app/console-context.js'
import { usePulse } from '../live/pulse.js'
import { useRoster } from '../live/roster.js'
import { many, rateText } from '../parts/amounts.js'
import { Empty } from '../parts/empty.js'
import { Loading } from '../parts/loading.js'
import { View } from '../parts/view.js'
import { concernsOf } from './attention.js'
import { Attention } from './attention-panel.js'
import './overview.css'
import { Figures } from './figures.js'
import { TreePanel } from './tree-panel.js'

export function Overview(): ReactNode {
  const { node } = useSession()
  const pulse = usePulse()
  const roster = useRoster()
  const concerns = concernsOf(roster.rows.values(), pulse)
  const isKnown = roster.isWhole
  const title = isKnown ? headline(roster.rows.size, concerns.length) : node
  return (
    <View title={title} name="Overview" about={isKnown ? <Sentence count={roster.rows.size} /> : undefined}>
      <Figures />
      {concerns.length > 0 && <Attention concerns={concerns} />}
      {!isKnown && <Loading what="Reading the actors…" />}
      {isKnown && roster.rows.size === 0 && <NoActors />}
      {isKnown && roster.rows.size > 0 && <TreePanel roster={roster} />}
    </View>
  )
}

function headline(actors: number, count: number): string {
  if (count === 0) return actors === 0 ? 'Nothing runs yet' : 'All is well'
  return count === 1 ? 'One thing needs attention' : `${many(count, 'thing')} need attention`
}

function Sentence({ count }: { readonly count: number }): ReactNode {
  const { node } = useSession()
  const pulse = usePulse()
  const rate = pulse?.unitsPerSecond ?? 0
  const what = rate === 0 ? 'at rest' : `handling ${rateText(rate)} events a second`
  return (
    <>
      {count === 0 ? 'No actors' : many(count, 'actor')} on <strong>{node}</strong>
      {count > 0 && pulse !== undefined && `, ${what}`}.
    </>
  )
}

function NoActors(): ReactNode {
  return (
    <Empty icon="actor" title="No actors yet">
      <p>The node runs and holds no actors. Spawn one, and it appears here at once:</p>
      <pre>{`const system = await createSystem({ name, store, logic: { greeter } })
await system.spawn('greeter', { id: 'g1' })`}</pre>
    </Empty>
  )
}
