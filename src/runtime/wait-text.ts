/** What an actor waits for, in words. Pure. */
import type { Explanation, Wait } from '../core/explanation.js'
import { durationText, inTime, listText, pauseText, plural, stateName, stateText, timeAgo } from './phrases.js'

type Facts = Pick<Explanation, 'waitsFor' | 'mailbox' | 'stash' | 'status' | 'supervises' | 'supervision' | 'time'>

/** Whether its supervisor is about to suspend it. */
export function suspension({ waitsFor }: Pick<Explanation, 'waitsFor'>): Wait | undefined {
  return waitsFor.find(({ kind }) => kind === 'suspension')
}

/** Whether an operator has paused it. */
export function pause({ waitsFor }: Pick<Explanation, 'waitsFor'>): Wait | undefined {
  return waitsFor.find(({ kind }) => kind === 'pause')
}

export function waitLines(facts: Facts): readonly string[] {
  const { waitsFor, mailbox, stash, status, supervises } = facts
  const lines = waitsFor.map((wait) => waitText(wait, facts))
  if (mailbox > 0) lines.push(`${mailbox} ${plural(mailbox, 'event')} in its mailbox`)
  if (stash > 0) lines.push(`${stash} deferred ${plural(stash, 'event')}`)
  if (lines.length === 0 && status === 'active')
    lines.push(supervises === undefined ? 'an event: it is at rest' : 'nothing: it watches over its children')
  return lines
}

const ENDINGS = {
  stopped: 'it is being stopped',
  cancelled: 'it is being cancelled',
  shutdown: 'its supervisor stops it',
}

const EFFECTS = { held: 'starts when its commit is durable', over: 'was aborted' }

const DOINGS = {
  starting: 'start, one after the other',
  stopping: 'are stopped for a restart, the last started first',
  ending: 'are ended, the last started first',
}

function childrenText({ doing, children }: Extract<Wait, { kind: 'children' }>): string {
  const now = children.length === 0 ? '' : `; now: ${listText(children, 'and')}`
  return `its children, which ${DOINGS[doing]}${now}`
}

function waitText(wait: Wait, facts: Facts): string {
  switch (wait.kind) {
    case 'ending':
      return `its end: ${ENDINGS[wait.reason]}, with all below ${wait.of}`
    case 'pause':
      return `to be resumed: ${pauseText(wait)} ${timeAgo(facts.time - wait.sinceMs)}`
    case 'restart':
      return restartText(wait, facts)
    case 'timer':
      return timerText(wait)
    case 'effect': {
      const does = wait.status === 'running' ? (wait.settles ? 'has not settled' : 'runs') : EFFECTS[wait.status]
      return `the effect ${wait.id} (${wait.src}), attempt ${wait.attempt}, which ${does}`
    }
    case 'suspension': {
      const { of, shutdownMs } = wait
      const most = shutdownMs === 'infinity' ? '' : `, for ${durationText(shutdownMs)} at most`
      return `its effects, which were aborted, to come back${most}: ${of} stops its children for a restart, and it handles nothing meanwhile`
    }
    case 'children':
      return childrenText(wait)
    case 'child':
      return `the actor ${wait.id} (${wait.src}) inside it${wait.value === undefined ? '' : `, which is in ${stateText(wait.value)}`}`
  }
}

function restartText({ from, dueInMs }: Extract<Wait, { kind: 'restart' }>, facts: Facts): string {
  const { supervision } = facts
  const state = from === 'lastGood' ? 'from its last good state' : 'from its initial state'
  if (dueInMs !== undefined) return `its restart ${state}, ${inTime(dueInMs)}`
  if (pause(facts) !== undefined && from === 'initial') return `its restart ${state}, when it is resumed`
  return supervision?.kind === 'supervisor'
    ? `its restart ${state}, when ${supervision.parent} lets it go on`
    : `its restart ${state}, when all below it have ended`
}

function timerText({ event, delay, state, child, to, dueInMs }: Extract<Wait, { kind: 'timer' }>): string {
  const whose = child === undefined ? '' : ` of ${child}`
  const where = to === undefined ? '' : ` for ${to}`
  if (delay === undefined) return `the delayed event ${event}${whose}${where}, ${inTime(dueInMs)}`
  const time = /^\d+$/.test(delay) ? durationText(Number(delay)) : delay
  return `the delay ${time} of ${stateName(state ?? '')}${whose}, ${inTime(dueInMs)}`
}
