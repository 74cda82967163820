import { formatCount } from './figures.js'

/** Where progress is shown: a terminal redraws one line, anything else gets a plain line now and then. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

export interface Progress {
  /** `done` of `total` files are read. */
  update(done: number, total: number): void
  /** Leaves the line; nothing is shown afterwards. */
  end(): void
}

const REDRAW_MS = 80
/** A plain line for each tenth of the work. */
const PLAIN_STEPS = 10

/** `now` gives milliseconds. */
export function createProgress(output: ProgressOutput, now: () => number = () => performance.now()): Progress {
  return output.isTTY ? terminalProgress(output, now) : plainProgress(output)
}

function terminalProgress(output: ProgressOutput, now: () => number): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDrawn = false
  return {
    update(done, total) {
      if (done < total && now() - drawnAt < REDRAW_MS) return
      drawnAt = now()
      isDrawn = true
      output.write(`\r${renderBar(done, total, output.columns || 80)}\u001b[K`)
    },
    end() {
      if (isDrawn) output.write('\r\u001b[K')
      isDrawn = false
    },
  }
}

function plainProgress(output: ProgressOutput): Progress {
  let shown = -1
  return {
    update(done, total) {
      const step = total === 0 ? PLAIN_STEPS : Math.floor((done / total) * PLAIN_STEPS)
      if (step <= shown) return
      shown = step
      output.write(`${renderCount(done, total)}\n`)
    },
    end: () => undefined,
  }
}

/** One line, shorter than `columns`: a bar and the count. */
export function renderBar(done: number, total: number, columns: number): string {
  const count = renderCount(done, total)
  const width = Math.min(40, columns - count.length - 4)
  if (width < 5) return count.slice(0, Math.max(0, columns - 1))
  const filled = total === 0 ? width : Math.floor((done / total) * width)
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${count}`
}

function renderCount(done: number, total: number): string {
  return `read ${formatCount(done)} of ${formatCount(total)} files`
}
