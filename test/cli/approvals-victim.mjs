// A process with an agent that waits for an approval, there to be killed. Plain JavaScript, so that node runs it as it is.
// Arguments: the folder of the store, what to import `roscius` and its subpaths from, and whether to open the door.
const [, , folder, dist, withDoor] = process.argv
const { approvalActor, createSystem, serveControl } = await import(`${dist}/src/index.js`)
const { createAgentMachine } = await import(`${dist}/machines/index.js`)
const { fromRules } = await import(`${dist}/actors/index.js`)
const { fromPromise } = await import('xstate')

const agent = createAgentMachine({
  goal: 'make room',
  brain: fromRules([
    {
      when: { turn: 1 },
      decide: { event: { type: 'USE_TOOL', tool: 'wipe', input: { disk: 'b' } }, reason: 'The disk is full.' },
    },
    { decide: { event: { type: 'FINISH', output: 'over' }, reason: 'nothing left' } },
  ]),
  tool: fromPromise(async ({ input }) => `wiped for ${input.approvedBy}`),
  tools: [{ name: 'wipe', description: 'wipes a disk', risk: 'danger' }],
  approval: approvalActor,
})
const system = await createSystem({ name: 'victim', store: folder, logic: { agent } })
system.on(({ type, path, by }) => {
  if (type === 'approvalDecided') console.log(`decided by ${by}`)
  if (type === 'actorDone') console.log(`${path} is done`)
})
if (withDoor === 'door') await serveControl(system, { folder })
await system.spawn('agent', { id: 'a', ifExists: 'use' })
await system.settled()
console.log('ready')
