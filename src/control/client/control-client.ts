/**
 * A running system as a program of its own process asks it: what every CLI command uses.
 *
 * It is found by the folder of its store: by the socket of `serveControl`, else by what `createConsole` has noted there. Both are
 * only for the owner of the store.
 */
import { z } from 'zod'
import { readWith } from '../../supervision/refusal.js'
import { type LiveFrame, liveFrame, type Topic } from '../protocol/live.js'
import { type AnswerOf, type AskedBy, type RouteName, type RouteSpec, routes } from '../protocol/routes.js'
import { dialLive } from './dial.js'
import { exchange, noAnswer, type Place } from './exchange.js'
import { systemPlace } from './system-place.js'

type Method<K extends RouteName> =
  AskedBy<K> extends undefined ? () => Promise<AnswerOf<K>> : (asked: AskedBy<K>) => Promise<AnswerOf<K>>

/** A method for each route. They reject with what the system refused, and with `STORE_FAILED` if it does not answer. */
export type ControlRoutes = { readonly [K in RouteName]: Method<K> }

export interface ControlClient extends ControlRoutes {
  /** Frames of a topic, until it is closed; `ended` is called once when the system ends it, and says why. */
  live(topic: Topic, onFrame: (frame: LiveFrame) => void, ended?: (why: string) => void): Promise<{ close(): void }>
}

export interface FindOptions {
  /** Who asks, as the audit trail will say. Default `console`. */
  readonly by?: string
}

const schema = z.strictObject({ by: z.string().trim().min(1).max(200) }).partial()

/**
 * The system that has the store in `folder` open; `undefined` if it lets nobody in, or there is none. Rejects with `STORE_FAILED`
 * if others could have put something in its place.
 *
 * @example
 * ```ts
 * import { findControl } from 'roscius/console'
 *
 * const running = await findControl('./data', { by: 'ada' })
 * if (running !== undefined) console.log((await running.node()).counts)
 * ```
 */
export async function findControl(folder: string, options: FindOptions = {}): Promise<ControlClient | undefined> {
  const { by } = readWith(schema, options, 'findControl')
  const place = await systemPlace(folder)
  return place && clientAt(place, by)
}

function clientAt(place: Place, by?: string): ControlClient {
  const methods = Object.entries(routes).map(([name, route]) => [name, methodOf(place, route, by)])
  const live: ControlClient['live'] = (topic, onFrame, ended) => liveAt(place, topic, onFrame, ended)
  return { ...(Object.fromEntries(methods) as ControlRoutes), live }
}

function methodOf(place: Place, { method, path, query, body, answer }: RouteSpec, by: string | undefined) {
  return async (asked?: object): Promise<unknown> => {
    const where = `/api${path}${query === undefined ? '' : queryText(asked ?? {})}`
    const text = await exchange(place, { method, path: where, body: body === undefined ? undefined : asked, by })
    return typeof answer === 'string' ? text : answer.parse(JSON.parse(text))
  }
}

function queryText(asked: object): string {
  const said = Object.entries(asked).filter(([, value]) => value !== undefined)
  return said.length === 0
    ? ''
    : `?${new URLSearchParams(said.map(([name, value]): [string, string] => [name, String(value)]))}`
}

async function liveAt(
  place: Place,
  topic: Topic,
  onFrame: (frame: LiveFrame) => void,
  ended: (why: string) => void = () => undefined,
): Promise<{ close(): void }> {
  let isOver = false
  const end = (why: string): void => {
    if (!isOver) ended(why)
    isOver = true
  }
  try {
    const message = (text: string): void => {
      if (!isOver) onFrame(liveFrame.parse(JSON.parse(text)))
    }
    const connection = await dialLive({ place, path: 'api/live', message, ended: end })
    connection.send(JSON.stringify({ op: 'subscribe', id: 't', to: topic }))
    const close = (): void => {
      isOver = true
      connection.close()
    }
    return { close }
  } catch (error) {
    isOver = true
    throw noAnswer(error instanceof Error ? error.message : String(error))
  }
}
