import type { Clock } from 'roscius'

/** The clock of one machine: its hands may be moved, its seconds are everybody's. */
export class OwnClock implements Clock {
  constructor(
    private readonly everybodys: Clock,
    /** How far its hands are ahead, in ms. */
    public aheadMs = 0,
  ) {}

  readonly now = (): number => this.everybodys.now() + this.aheadMs
  readonly monotonic = (): number => this.everybodys.monotonic()
  readonly schedule: Clock['schedule'] = (fn, ms) => this.everybodys.schedule(fn, ms)
}
