/** The way through the past: the tracks of the journal, and the buttons to go along it. */
import { type ReactNode, useState } from 'react'
import { useKeys } from '../../app/keys.js'
import { countText } from '../../parts/amounts.js'
import { Button } from '../../parts/button.js'
import { FarTrack } from './far-track.js'
import type { JournalStore } from './journal-store.js'
import { NearTrack } from './near-track.js'
import { TestDialog } from './test-dialog.js'
import { TravelIcon, type TravelIconName } from './travel-icon.js'
import { SPEEDS, type Travel } from './use-travel.js'
import './travel-bar.css'

/** A journal with more records than these gets a track of the whole. */
const LONG = 120

interface TravelBarProps {
  readonly path: string
  readonly journal: JournalStore
  readonly travel: Travel
}

export function TravelBar({ path, journal, travel }: TravelBarProps): ReactNode {
  const [isTest, setIsTest] = useState(false)
  const { first, last } = journal.bounds
  useTravelKeys(travel, first)
  const { at } = travel
  const isLive = at === undefined
  return (
    <section className="travel" aria-label="Time travel" data-live={isLive}>
      <div className="travel-buttons">
        <div className="travel-group">
          <Go label="First record (Home)" icon="first" off={at === first} onClick={() => travel.go(first)} />
          <Go
            label="Change of state before (Shift ←)"
            icon="moveBack"
            off={at === first}
            onClick={() => travel.move(-1)}
          />
          <Go label="Record before (←)" icon="back" off={at === first} onClick={() => travel.step(-1)} />
          <Button
            isSmall
            icon={travel.isPlaying ? 'pause' : 'play'}
            label={travel.isPlaying ? 'Pause (Space)' : 'Play (Space)'}
            onClick={() => travel.play(!travel.isPlaying)}
          />
          <Go label="Next record (→)" icon="next" off={isLive} onClick={() => travel.step(1)} />
          <Go label="Next change of state (Shift →)" icon="moveNext" off={isLive} onClick={() => travel.move(1)} />
          <Go label="Last record (End)" icon="last" off={at === last} onClick={() => travel.go(last)} />
        </div>
        <label className="travel-speed">
          <span className="hidden">Speed</span>
          <select
            className="input"
            value={travel.speed}
            onChange={(event) => travel.setSpeed(Number(event.target.value))}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speed}/s
              </option>
            ))}
          </select>
        </label>
        <div className="travel-group">
          <Button
            isSmall
            icon="fault"
            aria-label="Failure before"
            title="Failure before (f)"
            onClick={() => travel.failure(-1)}
          >
            <span className="travel-wide">Failure before</span>
            <span className="travel-narrow">
              <TravelIcon name="back" />
            </span>
          </Button>
          <Button
            isSmall
            disabled={isLive || travel.at === last}
            icon="fault"
            aria-label="Next failure"
            title="Next failure (Shift f)"
            onClick={() => travel.failure(1)}
          >
            <span className="travel-wide">Next failure</span>
            <span className="travel-narrow">
              <TravelIcon name="next" />
            </span>
          </Button>
        </div>
        <Button isSmall kind="quiet" icon="copy" aria-label="Copy as a test" onClick={() => setIsTest(true)}>
          <span className="travel-wide">Copy as a test</span>
          <span className="travel-narrow">Test</span>
        </Button>
        <span className="travel-where" aria-live="polite">
          {isLive ? (
            <span className="travel-live">
              <span className="travel-dot" /> live · record {countText(last)}
            </span>
          ) : (
            <>
              <span className="travel-wide">record </span>
              <strong>{countText(at)}</strong> of {countText(last)}
            </>
          )}
        </span>
        {!isLive && (
          <Button isSmall kind="primary" aria-label="Back to live" onClick={travel.live}>
            <span className="travel-wide">Back to live</span>
            <span className="travel-narrow">Live</span>
          </Button>
        )}
      </div>
      {travel.searching !== undefined && (
        <p className="travel-search" role="status">
          Looking for a {travel.searching.what}: at record {countText(travel.searching.seqNr)}
          <Button isSmall onClick={travel.stopSearch}>
            Stop
          </Button>
        </p>
      )}
      {last - first > LONG && <FarTrack journal={journal} travel={travel} />}
      <NearTrack journal={journal} travel={travel} />
      {isTest && <TestDialog path={path} from={first} to={at ?? last} onClose={() => setIsTest(false)} />}
    </section>
  )
}

interface GoProps {
  readonly label: string
  readonly icon: TravelIconName
  readonly off: boolean
  readonly onClick: () => void
}

function Go({ label, icon, off, onClick }: GoProps): ReactNode {
  return (
    <button
      type="button"
      className="button button-small button-bare travel-go"
      aria-label={label}
      title={label}
      disabled={off}
      onClick={onClick}
    >
      <TravelIcon name={icon} />
    </button>
  )
}

function useTravelKeys(travel: Travel, first: number): void {
  useKeys({
    ArrowLeft: ({ shiftKey }) => (shiftKey ? travel.move(-1) : travel.step(-1)),
    ArrowRight: ({ shiftKey }) => {
      if (travel.at === undefined) return
      if (shiftKey) travel.move(1)
      else travel.step(1)
    },
    Home: () => travel.go(first),
    End: () => travel.live(),
    ' ': () => travel.play(!travel.isPlaying),
    f: () => travel.failure(-1),
    F: () => travel.failure(1),
  })
}
