/** A machine's state value in one line, its innermost states strongest: `working.**asking** + clock.**running**`. */
import { Fragment, memo, type ReactNode } from 'react'
import { plainLine } from './plain.js'
import './state-line.css'

export const StateLine = memo(function StateLine({ state }: { readonly state: string | undefined }): ReactNode {
  if (state === undefined) return null
  const text = plainLine(state)
  return (
    <span className="state-line mono" title={text}>
      {text.split(' + ').map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no names, and no state.
        <Fragment key={i}>
          {i > 0 && <span className="state-and"> + </span>}
          <Part text={part} />
        </Fragment>
      ))}
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
