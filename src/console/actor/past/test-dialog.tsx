/** A vitest file that replays the actor up to a record, to be copied or saved. */
import { type ReactNode, useEffect, useState } from 'react'
import { type ApiError, asApiError } from '../../api/api-error.js'
import { useConsole } from '../../app/console-context.js'
import { Button } from '../../parts/button.js'
import { Dialog } from '../../parts/dialog.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { Field } from '../../parts/field.js'
import { Loading } from '../../parts/loading.js'
import { plain } from '../../parts/plain.js'
import { useCopy } from '../use-copy.js'

interface TestDialogProps {
  readonly path: string
  readonly from: number
  readonly to: number
  readonly onClose: () => void
}

export function TestDialog({ path, from: first, to: last, onClose }: TestDialogProps): ReactNode {
  const [from, setFrom] = useState(String(first))
  const [to, setTo] = useState(String(last))
  const copy = useCopy()
  const { text, problem } = useTest(path, from, to)
  return (
    <Dialog
      title="Copy as a test"
      onClose={onClose}
      foot={
        <>
          <Button disabled={text === undefined} onClick={() => save(path, text ?? '')}>
            Save as a file
          </Button>
          <Button kind="primary" icon="copy" disabled={text === undefined} onClick={() => copy(text ?? '', 'The test')}>
            Copy the test
          </Button>
        </>
      }
    >
      <p>A file for vitest: it gives the machine the same events again, and expects the same states.</p>
      <div className="test-range">
        <RecordField label="From record" value={from} onChange={setFrom} />
        <RecordField label="To record" value={to} onChange={setTo} />
      </div>
      {problem !== undefined && <ErrorPanel what="There is no test for this." problem={problem} />}
      {text === undefined && problem === undefined && <Loading what="Writing the test…" />}
      {text !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
        <section className="test-text" tabIndex={0} aria-label="The test">
          <pre>{plain(text, 200_000)}</pre>
        </section>
      )}
    </Dialog>
  )
}

interface RecordFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function RecordField({ label, value, onChange }: RecordFieldProps): ReactNode {
  return (
    <Field label={label}>
      {(ids) => (
        <input
          {...ids}
          className="input"
          inputMode="numeric"
          value={value}
          onChange={(event) => onChange(event.target.value.replace(/\D/g, ''))}
        />
      )}
    </Field>
  )
}

function useTest(path: string, from: string, to: string): { readonly text?: string; readonly problem?: ApiError } {
  const { api } = useConsole()
  const [test, setTest] = useState<{ text?: string; problem?: ApiError }>({})
  useEffect(() => {
    const abort = new AbortController()
    const timer = window.setTimeout(() => {
      api.text('actor/test', { path, from, to }, abort.signal).then(
        (text) => setTest({ text }),
        (error: unknown) => !abort.signal.aborted && setTest({ problem: asApiError(error) }),
      )
    }, 200)
    return () => {
      window.clearTimeout(timer)
      abort.abort()
    }
  }, [api, path, from, to])
  return test
}

function save(path: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${path.replaceAll(/[^\w-]+/g, '-').slice(-60)}.test.ts`
  link.click()
  URL.revokeObjectURL(url)
}
