/** Which view an address shows. Those with charts are loaded when they are needed. */
import { Component, lazy, type ReactNode, Suspense } from 'react'
import { asApiError } from '../api/api-error.js'
import { Approvals } from '../approvals/approvals.js'
import { Budgets } from '../budgets/budgets.js'
import { DeadLetters } from '../dead-letters/dead-letters.js'
import { Links } from '../links/links.js'
import { Overview } from '../overview/overview.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { View } from '../parts/view.js'
import { useConsole } from './console-context.js'
import { addressOf, type Route } from './route.js'
import { usePlace } from './router.js'

const ActorView = lazy(async () => ({ default: (await import('../actor/actor-view.js')).ActorView }))
const MachineView = lazy(async () => ({ default: (await import('../machine/machine-view.js')).MachineView }))
const MachinesView = lazy(async () => ({ default: (await import('../machine/machines-view.js')).MachinesView }))
const Timeline = lazy(async () => ({ default: (await import('../timeline/timeline.js')).Timeline }))
const Conversations = lazy(async () => ({ default: (await import('../conversation/conversations.js')).Conversations }))

export function Views(): ReactNode {
  const { route } = usePlace()
  return (
    <Fence key={fenceOf(route)}>
      <Suspense fallback={<Loading what="Loading…" />}>{viewOf(route)}</Suspense>
    </Fence>
  )
}

function viewOf(route: Route): ReactNode {
  switch (route.view) {
    case 'overview':
      return <Overview />
    case 'actor':
      return <ActorView key={route.path} path={route.path} at={route.at} />
    case 'machines':
      return <MachinesView />
    case 'machine':
      return <MachineView key={route.logic} logic={route.logic} />
    case 'approvals':
      return <Approvals id={route.id} />
    case 'deadLetters':
      return <DeadLetters />
    case 'budgets':
      return <Budgets />
    case 'links':
      return <Links />
    case 'timeline':
      return <Timeline />
    case 'conversations':
      return <Conversations />
    case 'conversation':
      return <Conversations id={route.id} />
    case 'nowhere':
      return <Nowhere />
  }
}

function Nowhere(): ReactNode {
  const { router } = useConsole()
  return (
    <View title="Nothing is here" name="Not found">
      <Empty icon="question" title="There is nothing at this address">
        <p>The link may be cut short. Actors are found by Ctrl K, or in the overview.</p>
        <Button kind="primary" onClick={() => router.go({ view: 'overview' })}>
          Go to the overview
        </Button>
      </Empty>
    </View>
  )
}

/** Another moment, or another entry of a list, is the same view. */
function fenceOf(route: Route): string {
  if (route.view === 'actor') return addressOf({ view: 'actor', path: route.path })
  return route.view === 'conversation' ? 'conversations' : route.view
}

/** A view that fails leaves the frame and the other views as they are. */
class Fence extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error: error ?? 'unknown' }
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children
    return (
      <div className="view">
        <ErrorPanel
          what="This view has failed."
          problem={asApiError(this.state.error)}
          onRetry={() => this.setState({ error: undefined })}
        />
      </div>
    )
  }
}
