/**
 * A machine's state value in one line, its innermost states strongest: `working.**asking** + clock.**running**`. Where there is
 * no room for all of it, further regions are cut, then the outer states: the first innermost one tells most.
 */
import { Fragment, memo, type ReactNode } from 'react'
import { plainLine } from './plain.js'
import './state-line.css'

interface StateLineProps {
  readonly state: string | undefined
  /** In as many lines as it needs. */
  readonly isWhole?: boolean
}

export const StateLine = memo(function StateLine({ state, isWhole = false }: StateLineProps): ReactNode {
  if (state === undefined) return null
  const text = plainLine(state)
  const [first = '', ...regions] = text.split(' + ')
  return (
    <span className={`state-line mono ${isWhole ? 'state-whole' : ''}`} title={text}>
      <Part text={first} />
      {regions.length > 0 && (
        <span className="state-rest">
          {regions.map((region, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no names, and no state.
            <Fragment key={i}>
              {' + '}
              <Part text={region} />
            </Fragment>
          ))}
        </span>
      )}
    </span>
  )
})

function Part({ text }: { readonly text: string }): ReactNode {
  const dot = text.lastIndexOf('.') + 1
  return (
    <>
      {dot > 0 && <span className="state-outer">{text.slice(0, dot)}</span>}
      <span className="state-inner">{text.slice(dot)}</span>
    </>
  )
}
