/** Where an agent waits for others. No wait lasts for ever. */
import type { AgentSetup } from './setup.js'

const NEXT_TURN = '#perceiving'

/** The states in which an agent waits for an approval, a peer or a person. */
export function waiting(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'forPerson',
    /** A pause that was to wait for a call's end does not wait for what the call waits for. */
    always: { guard: 'isPausing', target: '#midway' },
    on: { REDIRECT: { guard: 'isCommand', target: NEXT_TURN, actions: ['dropWaiting', 'noteRedirect'] } },
    states: {
      /** Silence is a no. */
      forApproval: {
        id: 'forApproval',
        entry: 'tellApprovalRequested',
        invoke: {
          id: 'approval',
          src: 'approval',
          input: ({ context }) => context.approval!,
          onError: { target: NEXT_TURN, actions: 'noteDenial' },
        },
        on: {
          APPROVE: { guard: 'isThisApproval', target: '#callingApproved', actions: 'noteApproval' },
          DENY: { guard: 'isThisApproval', target: NEXT_TURN, actions: 'noteDenial' },
        },
        after: { approvalTimeout: { target: NEXT_TURN, actions: 'noteDenial' } },
      },
      forPeer: {
        id: 'forPeer',
        on: { REPLY: { guard: 'isThisTask', target: NEXT_TURN, actions: 'noteReply' } },
        after: { peerTimeout: { target: NEXT_TURN, actions: 'noteNoReply' } },
      },
      forPerson: {
        id: 'forPerson',
        entry: 'tellPersonAsked',
        on: {
          ANSWER: { guard: 'isCommand', target: NEXT_TURN, actions: 'noteAnswer' },
          GUIDE: { guard: 'isCommand', target: NEXT_TURN, actions: ['noteResume', 'noteAnswer'] },
        },
        after: { personTimeout: { target: NEXT_TURN, actions: 'noteNoAnswer' } },
      },
    },
  })
}

/** Answers that come while it is paused wait until it has gone on. */
const ANSWERS = ['APPROVE', 'DENY', 'ANSWER', 'REPLY']

/** Somebody has stopped it for a while. */
export function paused(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'midway',
    on: { GUIDE: { guard: 'isCommand', actions: 'noteGuidance' } },
    states: {
      /** It goes on in the state in which it was. */
      midway: {
        id: 'midway',
        meta: { defer: ANSWERS },
        on: {
          RESUME: { guard: 'isCommand', target: '#history', actions: 'noteResume' },
          REDIRECT: { guard: 'isCommand', target: 'between', actions: ['dropWaiting', 'noteRedirect'] },
        },
      },
      /** It goes on with the next turn. */
      between: {
        id: 'between',
        on: {
          RESUME: { guard: 'isCommand', target: NEXT_TURN, actions: 'noteResume' },
          REDIRECT: { guard: 'isCommand', actions: 'noteRedirect' },
        },
      },
    },
  })
}

/** It needs help, and says so. Without help it ends. */
export function escalated(agent: AgentSetup) {
  return agent.createStateConfig({
    initial: 'stuck',
    entry: 'tellEscalated',
    on: {
      GUIDE: { guard: 'isCommand', target: NEXT_TURN, actions: ['forgetTrouble', 'noteGuidance'] },
      REDIRECT: { guard: 'isCommand', target: NEXT_TURN, actions: ['forgetTrouble', 'noteRedirect'] },
      RESUME: { guard: 'isCommand', target: NEXT_TURN, actions: ['forgetTrouble', 'noteResume'] },
    },
    states: {
      overBudget: { id: 'overBudget', after: { escalationTimeout: '#exhausted' } },
      stuck: { id: 'needsHelp', after: { escalationTimeout: '#failed' } },
    },
  })
}
