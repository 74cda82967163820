import type { Viewport } from './use-viewport.js'

interface Props {
  readonly port: Viewport
  /** Shows what is active; undefined if nothing is. */
  readonly onActive: (() => void) | undefined
}

/** The buttons at the edge of a chart. */
export function ChartTools({ port, onActive }: Props) {
  return (
    <div className="chart-tools" role="toolbar" aria-label="View of the statechart">
      <Tool label="Zoom in (+)" path="M8 3.5v9M3.5 8h9" onClick={port.zoomIn} />
      <Tool label="Zoom out (-)" path="M3.5 8h9" onClick={port.zoomOut} />
      <Tool label="Show all of it (0)" path="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" onClick={port.fit} />
      {onActive !== undefined && (
        <Tool
          label="Show what is active, and follow it"
          path="M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"
          onClick={onActive}
        />
      )}
      <output className="chart-zoom" aria-label="Zoom">
        {Math.round(port.view.k * 100)}%
      </output>
    </div>
  )
}

function Tool({
  label,
  path,
  onClick,
}: {
  readonly label: string
  readonly path: string
  readonly onClick: () => void
}) {
  return (
    <button type="button" className="chart-tool" aria-label={label} title={label} onClick={onClick}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  )
}
