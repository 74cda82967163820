/** Why the actor is where it is, in words; and what would become of an event that came now. */
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { ToldExplanation } from '../../../control/protocol/actors.js'
import { Button } from '../../parts/button.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { Field } from '../../parts/field.js'
import { Loading } from '../../parts/loading.js'
import { Panel } from '../../parts/panel.js'
import { plain, plainLine } from '../../parts/plain.js'
import { useFollowing } from '../use-following.js'
import { type Section, sectionsOf } from './sections.js'
import './why-tab.css'

interface WhyTabProps {
  readonly path: string
  /** Types of events that it takes now, to be asked about. */
  readonly types: readonly string[]
  /** Another value when it has moved on. */
  readonly version: unknown
}

export function WhyTab({ path, types, version }: WhyTabProps): ReactNode {
  const { data, problem, reload } = useFollowing<ToldExplanation>('actor/explanation', { path }, version, 1_000)
  return (
    <div className="why-tab">
      {problem !== undefined && data === undefined && (
        <ErrorPanel what="It can’t be explained." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Asking why…" />}
      {data !== undefined && <Explained sections={sectionsOf(data.text)} />}
      <WhatIf path={path} types={types} version={version} />
    </div>
  )
}

function Explained({ sections }: { readonly sections: readonly Section[] }): ReactNode {
  return sections.map((section, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: sections have a place, and perhaps no title.
    <Panel key={index} title={section.title === '' ? 'Where it is' : plainLine(section.title, 100)}>
      <Lines section={section} />
    </Panel>
  ))
}

function Lines({ section }: { readonly section: Section }): ReactNode {
  return (
    <ul className="why-lines">
      {section.lines.map(({ text, depth }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have a place and no name.
        <li key={index} style={{ marginLeft: depth * 16 }} data-depth={depth}>
          {plain(text, 4_000)}
        </li>
      ))}
    </ul>
  )
}

function WhatIf({ path, types, version }: WhyTabProps): ReactNode {
  const list = useId()
  const [event, setEvent] = useState('')
  const [asked, setAsked] = useState<string>()
  const { data, problem } = useFollowing<ToldExplanation>(
    asked === undefined ? undefined : 'actor/explanation',
    { path, event: asked },
    version,
    1_000,
  )
  const forecast = data && sectionsOf(data.text).find(({ title }) => title === 'What would happen')
  const ask = (submit: FormEvent): void => {
    submit.preventDefault()
    setAsked(event.trim() === '' ? undefined : event.trim())
  }
  return (
    <Panel title="What if this event came?">
      <form className="why-ask" onSubmit={ask}>
        <Field label="Event" hint="Its type, or the event as JSON. Nothing is sent.">
          {(ids) => (
            <input
              {...ids}
              className="input mono"
              list={list}
              placeholder={'{ "type": "…" }'}
              value={event}
              maxLength={100_000}
              spellCheck={false}
              autoComplete="off"
              onChange={(change) => setEvent(change.target.value)}
            />
          )}
        </Field>
        <datalist id={list}>
          {types.slice(0, 100).map((type) => (
            <option key={type} value={type} />
          ))}
        </datalist>
        <Button type="submit" icon="question">
          Ask
        </Button>
      </form>
      <div role="status">
        {problem !== undefined && <p className="why-wrong">{plain(problem.message, 1_000)}</p>}
        {forecast !== undefined && <Lines section={forecast} />}
        {data !== undefined && forecast === undefined && <p>Nothing can be said about it.</p>}
      </div>
    </Panel>
  )
}
