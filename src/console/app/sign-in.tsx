/** For who has no session: where the URL with the token is found, and a field for it. */
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import type { ApiError } from '../api/api-error.js'
import { Button } from '../parts/button.js'
import { Field } from '../parts/field.js'
import { Icon } from '../parts/icon.js'
import { plain } from '../parts/plain.js'
import { useConsole } from './console-context.js'
import { Mark } from './mark.js'
import './sign-in.css'

const WHY_TOKEN =
  'This node shows its actors to who has its token. It printed a URL with the token when it started; open that, or paste it here.'

const WHY_OVER =
  'The node does not know this browser any more: most likely it was started anew. It has printed a new URL; open that, or paste it here.'

interface SignInProps {
  readonly refused: ApiError | undefined
  /** There was a session: the page was in use. */
  readonly isOver: boolean
}

export function SignIn({ refused, isOver }: SignInProps): ReactNode {
  const { sessions } = useConsole()
  const [text, setText] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const token = tokenOf(text)
    if (token !== '') void sessions.signIn(token)
  }
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <Mark size={36} />
        <h1>{isOver ? 'The session is over' : 'Open the console'}</h1>
        <p>{isOver ? WHY_OVER : WHY_TOKEN}</p>
        <pre>Console: http://127.0.0.1:4477/#token=…</pre>
        {refused !== undefined && (
          <p className="sign-in-refused" role="alert">
            <Icon name="fault" /> {plain(refused.message)}
          </p>
        )}
        <Field label="Token or URL" hint="It is kept in a cookie that scripts can’t read, for this browser only.">
          {(ids) => (
            <input
              {...ids}
              className="input"
              type="password"
              autoComplete="off"
              spellCheck={false}
              // biome-ignore lint/a11y/noAutofocus: the page has nothing else to do.
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" disabled={tokenOf(text) === ''}>
          Open
        </Button>
        <p className="sign-in-more">
          Lost it? The file <code>control/console.json</code> in the folder of the node’s store has it, for the user who
          runs the node.
        </p>
      </form>
    </main>
  )
}

const FIRST_MS = 1_000
const MAX_MS = 10_000

/** Asks again by itself. */
export function Unreachable({ problem }: { readonly problem: ApiError }): ReactNode {
  const { sessions } = useConsole()
  useEffect(() => {
    let delayMs = FIRST_MS
    let timer = window.setTimeout(again, delayMs)
    function again(): void {
      void sessions.look()
      delayMs = Math.min(delayMs * 2, MAX_MS)
      timer = window.setTimeout(again, delayMs)
    }
    return () => window.clearTimeout(timer)
  }, [sessions])
  return (
    <main className="sign-in">
      <div className="sign-in-card" role="alert">
        <Mark size={36} />
        <h1>The node does not answer</h1>
        <p>{plain(problem.message)} The page asks again by itself.</p>
        <Button icon="retry" onClick={() => void sessions.look()}>
          Ask now
        </Button>
      </div>
    </main>
  )
}

/** Of a token, or of a URL that has it behind `#token=`. */
function tokenOf(text: string): string {
  const trimmed = text.trim()
  const hash = trimmed.indexOf('#')
  return (hash < 0 ? undefined : new URLSearchParams(trimmed.slice(hash + 1)).get('token')) ?? trimmed
}
