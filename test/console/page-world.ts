/** A running system with something to see in every view, a console on it, and a browser that looks. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createSystem, memoryStore, type System, withBudget } from 'roscius'
import { type ActorRefFrom, assign, sendTo, setup } from 'xstate'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import type { ConsoleOptions } from '../../src/control/control-options.js'
import { agentLogic } from '../governance/approvals/desk-world.js'
import { openPage, type WatchedPage } from './browser.js'

export const TOKEN = 'operator-operator-operator-operator'
export const VIEWER = 'viewer-viewer-viewer-viewer-viewer'

/** What would run, turn the line round, or leave its place, if any of it were taken for more than text. */
export const HOSTILE = '<img src=x onerror=alert(1)>\u202e"\'</script><script>alert(2)</script>'

const lamp = setup({ types: { context: {} as { n: number } } }).createMachine({
  id: 'lamp',
  context: { n: 0 },
  initial: 'off',
  states: {
    off: { on: { TOGGLE: { target: 'on', actions: sendTo(({ system }) => system.get('clerk'), { type: 'NOTE' }) } } },
    on: {
      entry: assign({ n: ({ context }) => context.n + 1 }),
      on: {
        TOGGLE: 'off',
      },
    },
  },
})

const clerk = setup({}).createMachine({
  id: 'clerk',
  initial: 'idle',
  states: { idle: { on: { NOTE: 'writing' } }, writing: { on: { NOTE: 'idle' } } },
})

/** Calls the clerk that was there when it began. */
const caller = setup({ types: { context: {} as { clerk: ActorRefFrom<typeof clerk> } } }).createMachine({
  id: 'caller',
  context: ({ self }) => ({ clerk: self.system.get('lost') }),
  on: { CALL: { actions: sendTo(({ context }) => context.clerk, { type: 'HELLO' } as never) } },
})

export class PageWorld {
  system!: System
  running!: RunningConsole
  readonly wiped: never[] = []
  readonly #pages: WatchedPage[] = []
  #operator: WatchedPage | undefined

  get origin(): string {
    return `http://127.0.0.1:${this.running.port}`
  }

  constructor(private readonly browser: Browser) {}

  /** `isEmpty`: without actors. */
  async open({ isEmpty = false }: { readonly isEmpty?: boolean } = {}): Promise<void> {
    const logic = { lamp, clerk, caller, agent: agentLogic(this.wiped) }
    const system = await createSystem({ name: 'house', store: memoryStore(), logic, logger: () => {} })
    this.system = system as unknown as System
    await this.listen()
    if (isEmpty) return
    await system.spawn('clerk', { id: 'clerk', systemId: 'clerk' })
    for (const id of ['hall', 'attic', 'cellar']) await system.spawn('lamp', { id })
    await system.spawn('agent', { id: 'janitor', ...withBudget({ tokens: 1_000, toolCalls: 4 }) })
    await system.settled()
  }

  async listen(options: ConsoleOptions = {}): Promise<void> {
    const all = { port: 0, token: TOKEN, viewerToken: VIEWER, onError: () => undefined, ...options }
    this.running = await createConsole(this.system, all)
  }

  /** The page of the operator at a view: one for all tests that share the world, for signing in takes long. */
  async page(view: string): Promise<Page> {
    this.#operator ??= await this.signedIn()
    const { page } = this.#operator
    await page.goto(`${this.origin}/${view}`)
    await page.locator('main').waitFor()
    return page
  }

  /** A page that is signed in. */
  async signedIn(token = TOKEN, options: BrowserContextOptions = {}, origin = this.origin): Promise<WatchedPage> {
    const watched = await this.visit(options, origin)
    await watched.page.goto(`${origin}/#token=${token}`)
    await watched.page.getByRole('navigation', { name: 'Views' }).first().waitFor()
    return watched
  }

  async visit(options: BrowserContextOptions = {}, origin = this.origin): Promise<WatchedPage> {
    const watched = await openPage(this.browser, origin, options)
    this.#pages.push(watched)
    return watched
  }

  /** What any page did since that was last asked that it must not do; closes all but the operator's. */
  async breaches(): Promise<readonly string[]> {
    const all = this.#pages.flatMap(({ breaches }) => breaches.splice(0))
    for (const watched of this.#pages.splice(0))
      if (watched === this.#operator) this.#pages.push(watched)
      else await watched.page.context().close()
    return all
  }

  async close(): Promise<void> {
    for (const { page } of this.#pages) await page.context().close()
    await this.running.close()
    await this.system.stop()
  }
}
