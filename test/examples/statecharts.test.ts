import type { DelegateAnswer, Task } from 'roscius/machines'
import { checkMachine } from 'roscius/testing'
import { expect, test } from 'vitest'
import { type AnyStateMachine, fromPromise } from 'xstate'
import { createBoardMachine } from '../../examples/03-task-desk/board.js'
import { positionMachine } from '../../examples/04-market-desk/position.js'
import { createStation } from '../../examples/04-market-desk/station.js'
import { createDroneMachine } from '../../examples/05-drones/drone.js'
import { Air } from '../../examples/05-drones/outside.js'

const delegate = fromPromise<DelegateAnswer, Task>(async () => ({ status: 'pending' }))
const nothing = { type: 'HOLD', instrument: '', reason: '' } as const

const machines: Readonly<Record<string, AnyStateMachine>> = {
  board: createBoardMachine(delegate),
  position: positionMachine,
  station: createStation({
    takes: 'QUOTE',
    agent: 'analyst',
    delegate,
    next: () => undefined,
    otherwise: () => nothing,
  }),
  drone: createDroneMachine((name) => new Air().radio(name)),
}

test.each(Object.entries(machines))('the check of statecharts finds nothing in the %s', (_, machine) => {
  expect(checkMachine(machine)).toEqual([])
})
