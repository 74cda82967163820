import type { Frame, Inspection } from '../../../src/inspect/live/inspection.js'
import type { ActorRow } from '../../../src/inspect/live/shapes.js'
import type { Sink } from '../../../src/inspect/live/sink.js'

/** A viewer that keeps what it is sent; while it is not ready it reads nothing. */
export class Screen implements Sink {
  isReady = true
  readonly frames: Frame[] = []

  ready(): boolean {
    return this.isReady
  }

  send(frame: Frame): void {
    this.frames.push(frame)
  }

  of<K extends Frame['kind']>(kind: K): Extract<Frame, { kind: K }>[] {
    return this.frames.filter((frame): frame is Extract<Frame, { kind: K }> => frame.kind === kind)
  }

  /** What somebody who took in all `rows` frames has before him. */
  rows(): Map<string, ActorRow> {
    const rows = new Map<string, ActorRow>()
    for (const { rows: changed, gone } of this.of('rows')) {
      for (const path of gone) rows.delete(path)
      for (const row of changed) rows.set(row.path, row)
    }
    return rows
  }
}

/** One actor's row as it is now. */
export async function rowOf(inspection: Inspection, path: string): Promise<ActorRow> {
  const row = await inspection.row(path)
  if (row === undefined) throw new Error(`There is no row for ${path}.`)
  return row
}
