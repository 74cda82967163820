/** What an agent does by itself, turn by turn. Whatever begins a new turn goes through `perceiving.looking`. */
import type { Deliberation } from './deliberation.js'
import type { AgentSetup } from './setup.js'

const NEXT_TURN = '#perceiving'

/** Each turn passes here, and only if there is one left. */
function perceiving(agent: AgentSetup) {
  return agent.createStateConfig({
    id: 'perceiving',
    initial: 'looking',
    states: {
      looking: {
        always: [
          { guard: 'isPausing', target: '#between' },
          { guard: 'mayRecall', target: 'recalling', actions: 'countTurn' },
          { guard: 'mayTakeTurn', target: '#thinking', actions: 'countTurn' },
          { guard: 'mayTakeCheapTurn', target: '#thinking', actions: 'countTurn' },
          { target: '#overdrawn', actions: 'noteShortage' },
        ],
      },
      recalling: {
        invoke: {
          id: 'recall',
          src: 'recall',
          input: ({ context: { goal, constraints, used } }) => ({ goal, constraints, turn: used.turns }),
          onDone: { target: '#thinking', actions: 'noteMemory' },
          onError: [
            { guard: 'isMemoryTooDear', target: '#overdrawn', actions: 'noteOverBudget' },
            { target: '#thinking' },
          ],
        },
        after: { memoryTimeout: '#thinking' },
      },
    },
  })
}

/** The brain is asked; what it answers is taken, or refused and asked again. */
function asking(agent: AgentSetup, deliberation: Deliberation, src: 'brain' | 'fallback') {
  return agent.createStateConfig({
    entry: 'countModelCall',
    invoke: {
      id: 'brain',
      src,
      input: ({ context }) => deliberation.request(context),
      onDone: [
        { guard: 'isLegal', target: '#deciding', actions: ['countUsage', 'takeDecision'] },
        { guard: 'mayAskAgain', target: '#thinking', actions: ['countUsage', 'noteRefusal'] },
        { target: '#stuck', actions: ['countUsage', 'noteRefusal', 'noteStuck'] },
      ],
      onError: [
        { guard: 'isOverBudget', target: '#overdrawn', actions: 'noteOverBudget' },
        { guard: 'mayRetry', target: '#backingOff', actions: 'countFailure' },
        { target: '#stuck', actions: 'noteStuck' },
      ],
    },
    after: {
      brainTimeout: [
        { guard: 'mayRetry', target: '#backingOff', actions: 'countFailure' },
        { target: '#stuck', actions: 'noteStuck' },
      ],
    },
  })
}

/** The decision was raised on the way in. What is legal for the brain is what this state takes. */
function deciding(agent: AgentSetup) {
  return agent.createStateConfig({
    id: 'deciding',
    on: {
      USE_TOOL: [
        { guard: 'mayCallIfApproved', target: '#forApproval', actions: ['prepareCall', 'prepareApproval'] },
        { guard: 'mayCall', target: '#calling', actions: 'prepareCall' },
      ],
      DELEGATE: { guard: 'mayDelegate', target: '#delegating', actions: 'prepareTask' },
      ASK_PERSON: { guard: 'notLooping', target: '#forPerson', actions: 'noteQuestion' },
      REFLECT: [
        { guard: 'mayRemember', target: '#reflecting', actions: 'noteReflection' },
        { guard: 'notLooping', target: NEXT_TURN, actions: 'noteReflection' },
      ],
      FINISH: { target: '#done', actions: 'noteDone' },
      GIVE_UP: { target: '#failed', actions: 'noteGiveUp' },
    },
    after: { brainTimeout: { target: '#stuck', actions: 'noteStuck' } },
  })
}

/** A call runs. A pause waits for it: see the region `hold`. */
function calling(agent: AgentSetup) {
  return agent.createStateConfig({
    invoke: {
      id: 'tool',
      src: 'tool',
      input: ({ context }) => context.call!,
      onDone: { target: NEXT_TURN, actions: 'noteToolResult' },
      onError: [
        { guard: 'isOverBudget', target: '#overdrawn', actions: ['noteToolError', 'noteOverBudget'] },
        { guard: 'isUnclear', target: '#unclear' },
        { guard: 'isGated', target: '#forApproval', actions: 'prepareApproval' },
        { target: NEXT_TURN, actions: 'noteToolError' },
      ],
    },
    after: {
      toolTimeout: [{ guard: 'isHarmless', target: NEXT_TURN, actions: 'noteToolSilence' }, { target: '#unclear' }],
    },
  })
}

function acting(agent: AgentSetup) {
  return agent.createStateConfig({
    id: 'acting',
    initial: 'calling',
    on: {
      // It ends first: the region `hold` remembers.
      PAUSE: {},
      REDIRECT: { guard: 'isCommand', actions: 'noteRedirect' },
    },
    states: {
      calling: { ...calling(agent), id: 'calling' },
      /** Only an approval leads here. */
      callingApproved: { ...calling(agent), id: 'callingApproved', tags: ['danger'] },
      /** It may have happened, and it must not happen twice. */
      unclear: {
        id: 'unclear',
        always: [
          { guard: 'verifiesUnclear', target: 'verifying' },
          { guard: 'skipsUnclear', target: NEXT_TURN, actions: 'noteUnclear' },
          { target: '#forPerson', actions: 'askWhatHappened' },
        ],
      },
      verifying: {
        invoke: {
          id: 'verify',
          src: 'verify',
          input: ({ context }) => context.call!,
          onDone: { target: NEXT_TURN, actions: 'noteVerification' },
          onError: { target: '#forPerson', actions: 'askWhatHappened' },
        },
        after: { toolTimeout: { target: '#forPerson', actions: 'askWhatHappened' } },
      },
    },
  })
}

function delegating(agent: AgentSetup) {
  return agent.createStateConfig({
    id: 'delegating',
    entry: 'tellDelegated',
    on: { PAUSE: {}, REDIRECT: { guard: 'isCommand', actions: 'noteRedirect' } },
    invoke: {
      id: 'delegate',
      src: 'delegate',
      input: ({ context }) => context.task!,
      onDone: [
        { guard: 'isPending', target: '#forPeer' },
        { target: NEXT_TURN, actions: 'noteReply' },
      ],
      onError: [
        { guard: 'isOverBudget', target: '#overdrawn', actions: ['noteNoReply', 'noteOverBudget'] },
        { target: NEXT_TURN, actions: 'noteNoReply' },
      ],
    },
    after: { delegateTimeout: { target: NEXT_TURN, actions: 'noteNoReply' } },
  })
}

function reflecting(agent: AgentSetup) {
  return agent.createStateConfig({
    id: 'reflecting',
    // Begun anew, the note would be kept twice.
    on: { PAUSE: {}, REDIRECT: { guard: 'isCommand', actions: 'noteRedirect' } },
    invoke: {
      id: 'remember',
      src: 'remember',
      input: ({ context: { goal, observations, used } }) => ({
        goal,
        note: observations.at(-1)?.text ?? '',
        turn: used.turns,
      }),
      onDone: NEXT_TURN,
      onError: [{ guard: 'isMemoryTooDear', target: '#overdrawn', actions: 'noteOverBudget' }, { target: NEXT_TURN }],
    },
    after: { memoryTimeout: NEXT_TURN },
  })
}

/** The states of a turn. */
export function working(agent: AgentSetup, deliberation: Deliberation) {
  return agent.createStateConfig({
    initial: 'perceiving',
    states: {
      perceiving: perceiving(agent),
      thinking: {
        id: 'thinking',
        initial: 'choosing',
        states: {
          choosing: { always: [{ guard: 'isDegraded', target: 'askingFallback' }, { target: 'asking' }] },
          asking: asking(agent, deliberation, 'brain'),
          askingFallback: asking(agent, deliberation, 'fallback'),
        },
      },
      deciding: deciding(agent),
      acting: acting(agent),
      delegating: delegating(agent),
      reflecting: reflecting(agent),
    },
  })
}
