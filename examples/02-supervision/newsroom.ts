/**
 * The newsroom as a tree of supervision:
 *
 *     newsroom       rest for one: who fails takes along those that were started after it
 *       archive      every story that was filed
 *       feeds        one for all: neither is any good without the other
 *         wire       a connection, from its initial state
 *         ticker     counts headlines, from its last good state
 *       desk         one for one: reporters have nothing to do with one another
 *         ada …      from a template, added while it runs
 */
import { supervisor } from 'roscius'
import { createArchiveMachine } from './archive.js'
import type { Outside } from './outside.js'
import { createReporterMachine } from './reporter.js'
import { tickerMachine } from './ticker.js'
import { createWireMachine } from './wire.js'

export const REPORTERS = ['ada', 'ben', 'cleo'] as const

const newsroom = supervisor({
  strategy: 'restForOne',
  children: [
    { id: 'archive', logic: 'archive', systemId: 'archive' },
    { id: 'feeds', logic: 'feeds' },
    { id: 'desk', logic: 'desk' },
  ],
})

const feeds = supervisor({
  strategy: 'oneForAll',
  children: [
    { id: 'wire', logic: 'wire', restartFrom: 'initial' },
    { id: 'ticker', logic: 'ticker', systemId: 'ticker' },
  ],
})

const desk = supervisor({
  intensity: { maxRestarts: 2, withinMs: 5_000 },
  template: { logic: 'reporter' },
})

/** The logic of a newsroom in the world of `outside`. */
export function createLogic(outside: Outside) {
  return {
    newsroom,
    feeds,
    desk,
    archive: createArchiveMachine(outside.disk),
    wire: createWireMachine(outside.agency),
    ticker: tickerMachine,
    reporter: createReporterMachine(outside.source),
  }
}
