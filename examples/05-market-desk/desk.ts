/**
 * The desk as a tree:
 *
 *     market                supervisor; the policy that binds all below it
 *       positions           one statechart for each instrument
 *       analysts            \
 *       riskManagers         > an agent for each event, with the scopes of its kind
 *       traders             /
 *       analysis            stations: QUOTE  -> SIGNAL | HOLD
 *       risk                          SIGNAL -> ORDER  | VETO
 *       execution                     ORDER  -> FILLED | DROPPED
 */
import { createSystem, memoryStore, type PolicyInput, type System, supervisor, withPermissions } from 'roscius'
import { delegateTo } from 'roscius/actors'
import { analyst, riskManager, trader } from './agents.js'
import type { Order, Signal } from './events.js'
import { INSTRUMENTS, type Quote } from './figures.js'
import { positionMachine } from './position.js'
import { createStation } from './station.js'

/** The first rule that matches decides. */
const trading: PolicyInput = {
  name: 'trading',
  version: '1',
  default: 'allow',
  rules: [
    {
      id: 'sanctions',
      when: { tool: 'place_order', argument: { at: '$.instrument', oneOf: ['ORBIT'] } },
      effect: 'deny',
      reason: 'We do not trade ORBIT.',
    },
    {
      id: 'large-order',
      when: { tool: 'place_order', argument: { at: '$.sum', above: 5_000 } },
      effect: 'requireApproval',
      reason: 'More than 5000 euros.',
    },
  ],
}

/** Its goal says what it is for, its context is the event. */
const peer = (supervisor: string, goal: string) => ({
  supervisor: `market/${supervisor}`,
  input: ({ task }: { readonly task: string }) => ({ goal, context: task }),
})

const delegate = delegateTo({
  analyst: peer('analysts', 'find a trade worth doing'),
  riskManager: peer('riskManagers', 'let no trade pass that may hurt'),
  trader: peer('traders', 'carry the order out'),
})

const logic = {
  market: supervisor({
    children: [
      { id: 'positions', logic: 'positions' },
      { id: 'analysts', logic: 'analysts', ...withPermissions({ scopes: ['prices'] }) },
      { id: 'riskManagers', logic: 'riskManagers', ...withPermissions({ scopes: ['positions'] }) },
      { id: 'traders', logic: 'traders', ...withPermissions({ scopes: ['exchange'] }) },
      { id: 'analysis', logic: 'analysis', systemId: 'analysis' },
      { id: 'risk', logic: 'risk', systemId: 'risk' },
      { id: 'execution', logic: 'execution', systemId: 'execution' },
    ],
  }),
  positions: supervisor({ children: INSTRUMENTS.map((id) => ({ id, logic: 'position', systemId: id })) }),
  position: positionMachine,
  analysts: supervisor({ template: { logic: 'analyst', restart: 'temporary' } }),
  riskManagers: supervisor({ template: { logic: 'riskManager', restart: 'temporary' } }),
  traders: supervisor({ template: { logic: 'trader', restart: 'temporary' } }),
  analyst,
  riskManager,
  trader,
  analysis: createStation<Quote>({
    takes: 'QUOTE',
    agent: 'analyst',
    delegate,
    next: ({ type }) => (type === 'SIGNAL' ? 'risk' : undefined),
    otherwise: ({ instrument }) => ({ type: 'HOLD', instrument, reason: 'no analysis' }),
  }),
  risk: createStation<Signal>({
    takes: 'SIGNAL',
    agent: 'riskManager',
    delegate,
    next: ({ type }) => (type === 'ORDER' ? 'execution' : undefined),
    otherwise: ({ instrument }) => ({ type: 'VETO', instrument, reason: 'nobody has looked at the risk' }),
  }),
  execution: createStation<Order>({
    takes: 'ORDER',
    agent: 'trader',
    delegate,
    next: ({ instrument }) => instrument,
    otherwise: ({ instrument }) => ({ type: 'DROPPED', instrument, reason: 'nobody has carried it out' }),
  }),
}

export type Market = System<typeof logic>

export async function openMarket(): Promise<Market> {
  const system = await createSystem({ name: 'market', store: memoryStore(), logic })
  await system.spawn('market', { id: 'market', ...withPermissions({ scopes: ['*'], policy: trading }) })
  return system
}
