/** What the example shows, as data: the script says what happens, an outlet how it looks. */
import type { ActorTree, DeadLetter, Explanation, SupervisionEvent, SystemEvent } from 'roscius'

export type Notice =
  | { readonly type: 'step'; readonly number: number; readonly title: string; readonly text: string }
  /** Something that is done to the newsroom, or comes of it. */
  | { readonly type: 'deed'; readonly at: number; readonly text: string }
  | { readonly type: 'event'; readonly at: number; readonly event: ShownEvent }
  | { readonly type: 'tree'; readonly at: number; readonly tree: ActorTree }
  | { readonly type: 'explanation'; readonly explanation: Explanation }
  | { readonly type: 'deadLetter'; readonly letter: DeadLetter }

export type ShownEvent = SupervisionEvent | Extract<SystemEvent, { readonly type: 'deadLetter' }>

export type Outlet = (notice: Notice) => void

const SHOWN: ReadonlySet<string> = new Set<ShownEvent['type']>([
  'childFailed',
  'childBackingOff',
  'childRestarted',
  'childGivenUp',
  'groupRestarting',
  'intensityExceeded',
  'rootFailed',
  'deadLetter',
])

/** Whether it is told to the reader: starts and stops go without saying. */
export function isShown(event: SystemEvent): event is ShownEvent {
  return SHOWN.has(event.type)
}

/** Writes each notice as a line of JSON. */
export function createJsonOutlet(write: (text: string) => void): Outlet {
  return (notice) => write(`${JSON.stringify(notice, (_, value) => plain(value))}\n`)
}

/** The fields of an error are not enumerable; its stack names folders of this machine. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, cause } = value
  return { name, message, ...('code' in value ? { code: value.code } : {}), ...(cause === undefined ? {} : { cause }) }
}
