/** What stands for Stately's page: the receiver of the real package, in a browser. It notes what it is told, and by whom. */
import { createBrowserReceiver, type StatelyInspectionEvent } from '@statelyai/inspect'

/** Of an actor, its name as well. */
export type Told = StatelyInspectionEvent & { readonly name?: string }

declare global {
  interface Window {
    told: Told[]
    from: string[]
  }
}

window.told = []
window.from = []
addEventListener('message', ({ origin }) => window.from.push(origin))
createBrowserReceiver().subscribe((event) => void window.told.push(event))
