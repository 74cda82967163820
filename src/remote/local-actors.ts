/** The actors of this node, as those observe them who publish them to peers. */
import type { AbroadHost } from '../runtime/abroad.js'
import type { LocalActors } from './subscriptions/local-actors.js'

export function localActors(host: AbroadHost): LocalActors {
  return {
    observe(path, changed, ended) {
      // Nothing may be left to be read of an actor that was in memory only.
      const over = (): void => ended(host.committedOf(path))
      const subscription = host.subscribe(path, { next: changed, error: over, complete: over })
      return () => subscription.unsubscribe()
    },
    on(path, handler) {
      const subscription = host.on(path, '*', handler)
      return () => subscription.unsubscribe()
    },
    persisted: (path) => host.committedOf(path),
  }
}
