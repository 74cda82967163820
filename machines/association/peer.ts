/** The regions about the peer itself, which outlive its connections: whether it lives, and who it is. */
import type { AssociationSetup } from './setup.js'

const TICKS = 'the node ticks as long as it runs'

/** A loss is told once, when the deadline has passed; whatever happens to the connection before is none. */
export function detector(association: AssociationSetup) {
  return association.createStateConfig({
    initial: 'unheard',
    tags: ['idle'],
    meta: { roscius: { waits: 'forever', reason: TICKS } },
    states: {
      unheard: {
        on: {
          TICKED: [{ guard: 'isDown', target: 'down', actions: ['advance', 'tellNodeDown'] }, { actions: 'advance' }],
          'link.up': { target: 'alive', actions: ['beginPulse', 'tellNodeUp'] },
        },
      },
      alive: {
        on: {
          TICKED: [
            { guard: 'isDown', target: 'down', actions: ['advance', 'tellNodeDown'] },
            { guard: 'isLate', target: 'suspicious', actions: 'advance' },
            { actions: 'advance' },
          ],
          HEARD: { guard: 'isOfHeld', actions: 'hear' },
          'link.up': { actions: 'beginPulse' },
        },
      },
      suspicious: {
        on: {
          TICKED: [{ guard: 'isDown', target: 'down', actions: ['advance', 'tellNodeDown'] }, { actions: 'advance' }],
          HEARD: { guard: 'isOfHeld', target: 'alive', actions: 'hear' },
          'link.up': { target: 'alive', actions: 'beginPulse' },
        },
      },
      /** Unreachable, and told so. It is still dialled. */
      down: {
        on: {
          TICKED: { actions: 'advance' },
          'link.up': { target: 'alive', actions: ['beginPulse', 'tellNodeUp'] },
        },
      },
    },
  })
}

/** `changed` from the proof of another store until the link with it is up. */
export function identity(association: AssociationSetup) {
  return association.createStateConfig({
    initial: 'unknown',
    tags: ['idle'],
    meta: { roscius: { waits: 'forever', reason: 'a peer shows who it is when it is there' } },
    on: { 'link.otherStore': '.changed' },
    states: {
      unknown: { always: { guard: 'isKnown', target: 'known' } },
      known: { on: { RESET: 'unknown' } },
      changed: { on: { 'link.up': 'known', RESET: 'unknown' } },
    },
  })
}
