/** Where the system that has a store open can be asked: by its socket, else by what its console has noted. */
import { connect } from 'node:net'
import { findPlace } from '../socket-place.js'
import { readNote } from '../token-file.js'
import type { Place } from './exchange.js'

export type ConsolePlace = Extract<Place, { readonly kind: 'url' }>

/** `undefined` if it lets nobody in, or there is none. Rejects with `STORE_FAILED` if others could have put something in its place. */
export async function systemPlace(folder: string): Promise<Place | undefined> {
  return (await socketPlace(folder)) ?? (await consolePlace(folder))
}

async function socketPlace(folder: string): Promise<Place | undefined> {
  const path = await findPlace(folder)
  if (path === undefined || !(await answers({ path }))) return undefined
  return { kind: 'socket', path }
}

/** Of a console that has noted where it is. */
export async function consolePlace(folder: string): Promise<ConsolePlace | undefined> {
  const note = await readNote(folder)
  if (note === undefined || !isAlive(note.pid)) return undefined
  const { hostname, port } = new URL(note.url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (!(await answers({ host, port: Number(port) }))) return undefined
  return { kind: 'url', url: note.url, token: note.token }
}

/** A stranger may listen by now where a process that is gone did: he is not shown its token. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { readonly code?: string }).code === 'EPERM'
  }
}

/** Whether somebody listens there: a killed process leaves its socket, and its note. */
export function answers(
  at: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at)
    const answer = (isThere: boolean) => (): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}
