/**
 * Writes a vitest file that gives an actor's machine, alone, what the actor was given, and expects the states that it came to.
 *
 * 1. Every step is tried while it is written, with the values that are written. Where the machine comes elsewhere than the record
 *    says (it has changed, or is not pure), the test says so and goes on from the recorded state: it passes.
 * 2. Effects are replaced by their recorded results, delays by what they sent, actors by stand-ins. No action is executed.
 * 3. What the machine failed on it is given again, and has to throw; unless it was an action that threw.
 */
import type { AnyActorLogic } from 'xstate'
import type { ActorPath } from '../../../core/address.js'
import { RosciusError } from '../../../core/errors.js'
import { isMachine } from '../../../runtime/machine-structure.js'
import { type Frame, isMachineFrame } from '../../../runtime/xstate/frame.js'
import { Effort, isSame } from '../difference.js'
import { errorOf, stateValueOf } from '../frames.js'
import type { Given } from '../given-events.js'
import type { Masking } from '../mask.js'
import type { Moments, Seen } from '../moments.js'
import { lineOf } from '../one-line.js'
import { ReplayedMachine } from './replayed-machine.js'
import { quoted, sourceText } from './source-text.js'
import { testFile } from './test-file.js'

export interface ReplayRange {
  readonly from: number
  readonly to: number
  readonly module: string | undefined
  readonly name: string
}

/** A context larger than that is not written at the end. */
const MAX_CONTEXT = 4_000
/** Records that are there for the runtime alone. */
const QUIET = new Set(['supervision', 'stop', 'resume'])

export class ReplayWriter {
  readonly #lines: string[] = []
  readonly #machine: ReplayedMachine

  constructor(
    private readonly path: ActorPath,
    private readonly row: { readonly name: string; readonly logic: AnyActorLogic | undefined } | undefined,
    private readonly masking: Masking,
  ) {
    const logic = row?.logic
    if (logic === undefined || !isMachine(logic)) throw noMachine(path, row?.name)
    this.#machine = new ReplayedMachine(logic, masking)
  }

  async write(moments: Moments, { from, to, module, name }: ReplayRange): Promise<string> {
    let before: Frame | undefined
    let last: Seen | undefined
    for await (const seen of moments.between(this.path, Math.max(1, from - 1), to)) {
      if (seen.seqNr >= from) this.#step(seen, before)
      else this.#goOn(seen.frame, `as after record ${seen.seqNr}`)
      before = seen.frame
      last = seen
    }
    if (last !== undefined) this.#end(last.frame)
    const title = `${this.path}: records ${from} to ${to}`
    return testFile({ title, lines: this.#lines, module, name, path: this.path, logic: this.row?.name ?? '' })
  }

  #step(seen: Seen, before: Frame | undefined): void {
    const { seqNr, record, frame } = seen
    if (record.kind === 'start') this.#begin(seen)
    else if (before === undefined) this.#goOn(frame, `as after record ${seqNr}, the oldest that is kept`)
    else if (record.kind === 'migration') this.#goOn(frame, `${seqNr}: the state was migrated`)
    else if (record.outcome === 'deferred') this.#say(`${seqNr}: ${record.event.type} was deferred`)
    else if (record.kind === 'failure') this.#fail(seen, before)
    else if (QUIET.has(record.kind)) this.#quiet(seen, before)
    else this.#handle(seen, before)
  }

  #begin({ seqNr, record, frame }: Seen): void {
    const input = this.#machine.shown((record.event as { readonly input?: unknown }).input)
    this.#line('')
    this.#say(`${seqNr}: start`)
    const own = this.#tried(() => this.#machine.start(input))
    if (own === undefined || !this.#isAt(frame)) {
      this.#goOn(frame, 'the machine starts elsewhere now')
      return
    }
    this.#line(`start(${input === undefined ? '' : sourceText(input)})`)
    this.#give(own)
    this.#expect(frame)
  }

  #quiet({ seqNr, record, frame }: Seen, before: Frame): void {
    const error = errorOf(record)
    const failed = error === undefined ? '' : `, which failed: ${lineOf(error, this.masking).text}`
    this.#say(`${seqNr}: ${record.kind} (${lineOf(record.event.type, this.masking).text}${failed})`)
    if (isSame(stateValueOf(before), stateValueOf(frame), new Effort())) return
    this.#goOn(frame, 'as it was then')
  }

  #fail(seen: Seen, before: Frame): void {
    this.#line('')
    this.#quiet(seen, before)
    const { error: _, ...event } = seen.record.event as { readonly type: string; readonly error?: unknown }
    const given = this.#machine.shown(event)
    const message = this.#machine.errorOn(given)
    if (message === undefined) {
      this.#say('it is not the machine alone that fails: actions and effects are not run here')
      return
    }
    const isPublic = message !== '' && !this.masking.text(message, message.length).isMasked
    this.#line(`expect(() => handle(${sourceText(given)})).toThrow(${isPublic ? quoted(message) : ''})`)
  }

  #handle(seen: Seen, before: Frame): void {
    const { seqNr, record, frame } = seen
    this.#line('')
    const given = this.#tried(() => this.#machine.handle(this.#machine.givenBy(seen, before)))
    if (given === undefined || !this.#isAt(frame)) {
      this.#goOn(
        frame,
        `${seqNr}: ${lineOf(record.event.type, this.masking).text} can't be repeated with the machine alone`,
      )
      return
    }
    if (given.length === 0) this.#say(`${seqNr}: ${lineOf(record.event.type, this.masking).text}, inside of a child`)
    else this.#give(given, seqNr)
    this.#expect(frame)
  }

  #tried<T>(run: () => T): T | undefined {
    try {
      return run()
    } catch {
      return undefined
    }
  }

  #isAt(frame: Frame): boolean {
    const { state } = this.#machine
    return state !== undefined && isSame(state.value, stateValueOf(frame), new Effort())
  }

  #give(given: readonly Given[], seqNr?: number): void {
    given.forEach(({ event, note }, index) => {
      const number = index === 0 && seqNr !== undefined ? `${seqNr}` : ''
      if (number !== '' || note !== undefined) this.#say([number, note].filter((part) => part).join(': '))
      this.#line(`handle(${sourceText(event)})`)
    })
  }

  /** Takes up a recorded state, because what led to it can't be, or is not, repeated. */
  #goOn(frame: Frame, why: string): void {
    if (!isMachineFrame(frame.snapshot)) throw noMachine(this.path, this.row?.name)
    this.#say(why)
    const persisted = this.#tried(() => this.#machine.resume(frame))
    if (persisted === undefined) throw unknownState(this.path, frame)
    this.#line(`resume(${sourceText(persisted)})`)
  }

  #expect(frame: Frame): void {
    this.#line(`expect(state.value).toEqual(${sourceText(stateValueOf(frame))})`)
  }

  #end({ snapshot }: Frame): void {
    const { state } = this.#machine
    if (state === undefined || !isMachineFrame(snapshot)) return
    this.#line('')
    if (state.status === snapshot.status) this.#line(`expect(state.status).toBe(${quoted(state.status)})`)
    const context = this.#machine.shown(snapshot.context)
    const text = sourceText(context)
    if (text.length <= MAX_CONTEXT && isSame(context, state.context, new Effort()))
      this.#line(`expect(state.context).toEqual(${text})`)
  }

  #say(text: string): void {
    this.#line(`// ${lineOf(text, this.masking, 300).text.slice(1, -1).replaceAll('\\"', '"')}`)
  }

  #line(line: string): void {
    this.#lines.push(line)
  }
}

function noMachine(path: ActorPath, name: string | undefined): RosciusError {
  const what = name === undefined ? 'its logic is not known' : `its logic "${name}" is no machine of the logic table`
  const message = `${path}: ${what}, so its records can't be written as a test.`
  return new RosciusError('OPTIONS_INVALID', message, { address: path, details: { field: 'path' } })
}

function unknownState(path: ActorPath, frame: Frame): RosciusError {
  const state = JSON.stringify(stateValueOf(frame))
  const message = `${path} was in a state that its machine does not have any more: ${state}. Ask for records since then.`
  return new RosciusError('ACTOR_QUARANTINED', message, { address: path })
}
