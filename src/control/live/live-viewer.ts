/**
 * One viewer at the live socket: what it asks for, and the frames that it gets.
 *
 * 1. A request that can't be understood ends the connection, with a reason: whoever sends it is no console.
 * 2. What can't be done is refused with a frame, and the connection goes on.
 * 3. Nothing waits for a viewer: while more than so many bytes wait for it, it is not ready, and whoever feeds it leaves out
 *    what it can't take.
 */
import type { Clock } from '../../core/clock.js'
import { isRosciusError } from '../../core/errors.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { TokenBucket } from '../../remote/rate.js'
import { readWith, refusal } from '../../supervision/refusal.js'
import { jsonText, parsedJson } from '../http/json-text.js'
import { toldFailure } from '../http/told-problem.js'
import { type LiveRequest, liveRequest, type Topic } from '../protocol/live.js'
import { CLOSED, VIEWER } from './viewer-limits.js'

/** A WebSocket, as far as it is needed. */
export interface ViewerSocket {
  readonly bufferedBytes: number
  send(text: string): void
  close(code: number, reason: string): void
}

/** Where frames come from. */
export interface FrameSource {
  subscribe(topic: Topic, sink: FrameSink): { close(): void }
}

export interface FrameSink {
  ready(): boolean
  send(frame: object): void
}

export interface LiveViewerPorts {
  readonly source: FrameSource
  readonly clock: Clock
  readonly mask: Redaction
  readonly onError: (error: unknown) => void
}

export class LiveViewer {
  readonly #topics = new Map<string, { close(): void }>()
  readonly #requests: TokenBucket
  #isClosed = false

  constructor(
    private readonly socket: ViewerSocket,
    private readonly ports: LiveViewerPorts,
  ) {
    this.#requests = new TokenBucket(VIEWER.requests, ports.clock)
  }

  /** What it says: a text. */
  heard(text: string): void {
    if (this.#isClosed) return
    if (!this.#requests.take()) {
      this.#end(CLOSED.tooMany, 'too many requests')
      return
    }
    const request = this.#read(text)
    if (request !== undefined) this.#do(request)
  }

  #read(text: string): LiveRequest | undefined {
    try {
      return readWith(liveRequest, parsedJson(text, 'request'), 'request')
    } catch (error) {
      this.#end(CLOSED.badRequest, isRosciusError(error) ? error.message : 'request: can not be read')
      return undefined
    }
  }

  close(): void {
    this.#isClosed = true
    for (const topic of this.#topics.values()) topic.close()
    this.#topics.clear()
  }

  #do(request: LiveRequest): void {
    const { id } = request
    if (request.op === 'unsubscribe') {
      this.#topics.get(id)?.close()
      this.#topics.delete(id)
      return
    }
    try {
      this.#subscribe(id, request.to)
    } catch (error) {
      const { mask, onError } = this.ports
      this.#send({ id, kind: 'refused', error: toldFailure(error, mask, onError).error })
    }
  }

  #subscribe(id: string, to: Topic): void {
    if (this.#topics.has(id)) throw refusal('request.id', `${id} is taken by another topic`)
    if (this.#topics.size >= VIEWER.maxTopics)
      throw refusal('request', `no more than ${VIEWER.maxTopics} topics at once`)
    const sink: FrameSink = {
      ready: () => this.socket.bufferedBytes < VIEWER.maxBufferedBytes,
      send: (frame) => {
        if (!this.#isClosed) this.#send({ id, ...frame })
      },
    }
    this.#topics.set(id, this.ports.source.subscribe(to, sink))
  }

  #send(frame: object): void {
    this.socket.send(jsonText(frame))
  }

  #end(code: number, reason: string): void {
    this.close()
    this.socket.close(code, reason)
  }
}
