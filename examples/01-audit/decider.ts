/**
 * Who says whether the report may be written. The question itself is durable, and belongs to the system: a decider only
 * answers it, and one that never does leaves it open for `roscius approvals`, and for the next start.
 */
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import type { Approval } from 'roscius'
import { AuditBlocked } from './audit-blocked.js'
import { countOf } from './figures.js'
import { printable } from './printable.js'
import { writingSchema } from './reporter.js'

export interface Verdict {
  readonly isYes: boolean
  readonly by: string
  readonly reason?: string
}

/** `signal`: somebody else has decided. `store`: where `roscius approvals` finds the question. */
export type Decider = (question: Approval, store: string, signal: AbortSignal) => Promise<Verdict>

/** Says yes to everything, in the name of `by`; `say` is told so. */
export function alwaysYes(by: string, say?: () => void): Decider {
  return async () => {
    say?.()
    return { isYes: true, by }
  }
}

/** Leaves the question to `roscius approvals`. */
export function leaveOpen(say: (text: string) => void): Decider {
  return (question, store, signal) => {
    say(`${renderQuestion(question, store)}\nWaiting for a decision.\n`)
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }
}

interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Asks at a terminal. `y` and `yes` are a yes, all else is a no; no line at all leaves the question open. */
export function askAt({ input, output }: Terminal): Decider {
  return (question, store, signal) =>
    new Promise((resolve, reject) => {
      const lines = createInterface({ input, output, terminal: true })
      const end = (settle: () => void): void => {
        signal.removeEventListener('abort', elsewhere)
        lines.removeAllListeners('close').close()
        settle()
      }
      const elsewhere = (): void => {
        output.write('\n')
        end(() => reject(signal.reason))
      }
      signal.addEventListener('abort', elsewhere, { once: true })
      lines.on('close', () => {
        output.write('\n')
        end(() => reject(unanswered(store)))
      })
      output.write(`${renderQuestion(question, store)}\n`)
      lines.question('Write it? [y/N] ', (answer) =>
        end(() =>
          resolve({ isYes: /^\s*y(es)?\s*$/i.test(answer), by: userName(), reason: 'answered at the terminal' }),
        ),
      )
    })
}

function unanswered(store: string): AuditBlocked {
  return new AuditBlocked(
    `Nobody has answered. The question stays open: start again to be asked again, or approve (or deny) it with\n  ${command(store)}`,
  )
}

/** What a person has to know. */
function renderQuestion({ code, path, risk, why, rule, input }: Approval, store: string): string {
  const { into, files, summary } = writingSchema.parse(input)
  const writer = summary.by === 'model' ? `the model ${printable(summary.model ?? '')}` : 'rules'
  const rows = [
    ['what', `report.md and report.json into ${into}`],
    ['about', countOf(files, 'file')],
    ['risk', `${risk}: what is there under these names is replaced`],
    ['why', `${printable(why)} (${rule ?? ''})`],
    ['asked by', path],
    ['elsewhere', command(store, code)],
    ['', 'in the folder of this project; or deny in place of approve'],
    [`summary by ${writer}`, ''],
  ]
  const text = summary.text.split('\n').map((line) => `    ${printable(line)}`)
  return [
    'May the report be written?',
    ...rows.map(([name = '', value]) => `  ${name.padEnd(11)}${value}`.trimEnd()),
    ...text,
  ].join('\n')
}

function command(store: string, code = '--all'): string {
  return `npx roscius approvals approve ${/^[\w./-]+$/.test(store) ? store : JSON.stringify(store)} ${code}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody at the terminal'
  }
}
