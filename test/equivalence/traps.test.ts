import { describe, expect, test, vi } from 'vitest'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { runTrap } from './trap.js'
import { trapsOfChildren } from './traps-of-children.js'
import { trapsOfOrder } from './traps-of-order.js'
import { trapsOfTime } from './traps-of-time.js'

// XState warns of events to actors that have stopped, which some of these send on purpose.
vi.spyOn(console, 'warn').mockImplementation(() => {})

describe.each(hosts)('on $name', (host) => {
  test.each([...trapsOfOrder, ...trapsOfTime, ...trapsOfChildren])('$title', async (trap) => {
    const { log, end } = await runTrap(host, trap)
    expect(log).toEqual(trap.log)
    expect(end.value).toEqual(trap.ends)
    expect(end).toEqual((await runTrap(plainHost, trap)).end)
  })
})
