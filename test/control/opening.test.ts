import { createSystem, type SystemEvent } from 'roscius'
import { faultStore, seededRandom } from 'roscius/testing'
import { expect, it } from 'vitest'
import { createMachine, fromCallback, setup } from 'xstate'
import { createControl } from '../../src/control/control.js'
import { TOKEN } from './console-world.js'

const lamp = setup({ actors: { burn: fromCallback(() => {}) } }).createMachine({ invoke: { src: 'burn' } })

it('what happened at the opening is told to the first listener of the user, also if a console came before it', async () => {
  const disk = faultStore({ random: seededRandom('opening') })
  const before = await createSystem({ name: 'n', store: disk, logic: { lamp } })
  await before.spawn('lamp', { id: 'hall' })
  await before.stop()
  const system = await createSystem({ name: 'n', store: disk.reopen(), logic: { other: createMachine({}) } })
  const control = createControl(system, { token: TOKEN })
  await control.fetch(
    new Request('http://localhost/api/actors', { headers: { authorization: `Bearer ${TOKEN}`, host: 'localhost' } }),
  )
  const [own, later]: SystemEvent[][] = [[], []]
  system.on((event) => own?.push(event))
  system.on((event) => later?.push(event))
  expect(own).toContainEqual(expect.objectContaining({ type: 'actorQuarantined', path: 'hall' }))
  expect(later).toEqual([])
  await control.close()
  await system.stop()
})
