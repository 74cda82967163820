/** A long text on its own. */
import type { ReactNode } from 'react'
import type { ValueSlice } from '../../../control/protocol/value.js'
import { useResource } from '../../api/resource.js'
import { CopyButton } from '../../parts/copy-button.js'
import { Dialog } from '../../parts/dialog.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { JsonText } from '../../parts/json-text.js'
import { Loading } from '../../parts/loading.js'
import { plainLine } from '../../parts/plain.js'
import { wayText } from './pointer.js'

interface TextDialogProps {
  readonly path: string
  readonly pointer: string
  readonly at: number | undefined
  readonly onClose: () => void
}

export function TextDialog({ path, pointer, at, onClose }: TextDialogProps): ReactNode {
  const { data, problem, reload } = useResource<ValueSlice>('actor/value', { path, pointer, at })
  const text = data?.whole ?? data?.node.text ?? ''
  return (
    <Dialog
      title={plainLine(wayText(pointer), 120)}
      onClose={onClose}
      foot={<CopyButton text={text} label="Copy what is shown" />}
    >
      {problem !== undefined && <ErrorPanel what="The text can’t be read." problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Loading what="Reading…" />}
      {data !== undefined && <JsonText value={text} cutFrom={data.node.length ?? text.length} label="The text" />}
    </Dialog>
  )
}
