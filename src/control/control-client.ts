/** Asks at the door of a running system. */
import { connect, type Socket } from 'node:net'
import { RosciusError } from '../core/errors.js'
import {
  type Answers,
  answerSchemas,
  type ControlRequest,
  MAX_RESPONSE_BYTES,
  responseSchema,
} from './control-protocol.js'
import { onLines, writeLine } from './json-lines.js'
import { findPlace } from './socket-place.js'
import { errorOf } from './told-error.js'

const ANSWER_MS = 30_000

/** What a system says to a request. Throws what it was refused with, and `STORE_FAILED` if it does not answer. */
export type AskSystem = <K extends ControlRequest['op']>(
  request: Extract<ControlRequest, { readonly op: K }>,
) => Promise<Answers[K]>

/** The way into the system that has the store open; `undefined` if that one lets nobody in. */
export async function findSystem(folder: string): Promise<AskSystem | undefined> {
  const path = await findPlace(folder)
  if (path === undefined) return undefined
  const socket = await connected(path)
  socket?.destroy()
  if (socket === undefined) return undefined
  return async (request) => {
    const response = responseSchema.parse(JSON.parse(await exchange(path, request)))
    if (!response.ok) throw errorOf(response.error)
    return answerSchemas[request.op].parse(response.answer) as never
  }
}

/** The open connection; `undefined` if nobody listens there (a killed process leaves its socket). */
function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket)).once('error', () => resolve(undefined))
  })
}

async function exchange(path: string, request: ControlRequest): Promise<string> {
  const socket = await connected(path)
  if (socket === undefined) throw noAnswer('it has closed its door')
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.on('error', ({ message }) => reject(noAnswer(message)))
      socket.on('close', () => reject(noAnswer('it has ended, or closed its door; look again')))
      socket.setTimeout(ANSWER_MS, () => reject(noAnswer(`nothing came for ${ANSWER_MS / 1_000} s`)))
      onLines(socket, MAX_RESPONSE_BYTES, resolve, () => reject(noAnswer('its answer is too long')))
      writeLine(socket, request)
    })
  } finally {
    socket.destroy()
  }
}

function noAnswer(why: string): RosciusError {
  return new RosciusError('STORE_FAILED', `The system that has the store open did not answer: ${why}.`)
}
