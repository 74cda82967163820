/** The tables of the documentation, made from a run. */
import { describe, expect, it } from 'vitest'
import type { Promised, WorkName } from '../bench/peers/peer.js'
import { mainTable, workTables } from '../bench/peers/report/markdown.js'
import type { SavedRun } from '../bench/peers/report/saved.js'
import type { PeerResult } from '../bench/peers/results.js'

describe('the main table', () => {
  it('ends with the day, the machine, the command and how long it took', () => {
    expect(mainTable(run(peer('roscius', 'step', 'step-1.p50', 0.3)))).toMatch(
      /\n\n_2026-11-22, 2 cores of a processor, 8 GB, Linux 6\.18, xfs, Node v20\.20\.2: `npm run bench:peers`, 27 minutes\._$/,
    )
  })

  it('marks a durable step that is kept in memory only', () => {
    const table = mainTable(run(peer('roscius', 'step', 'step-1.p50', 0.3), peer('otp', 'step', 'step-1.p50', 0.01)))
    expect(table).toContain('| **0.3** | 0.01 (in memory) |')
  })

  it('marks an answer that is kept on the disk where none asks for that', () => {
    const table = mainTable(
      run(
        peer('roscius', 'remote', 'remote.ask', 0.1, 'memory'),
        peer('restate', 'remote', 'remote.ask', 4, 'durable'),
      ),
    )
    expect(table).toContain('| **0.1** | 4 (on disk) |')
  })

  it('shows what keeps its promise and what does not under short names, beside each other', () => {
    const table = mainTable(
      run(
        { ...peer('roscius', 'step', 'step-1.p50', 0.3), name: 'Roscius' },
        { ...peer('otp', 'step', 'step-1.p50', 0.01), name: 'Erlang/OTP' },
        { ...peer('otp-disk', 'step', 'step-1.p50', 0.4), name: 'Erlang/OTP with disk_log' },
      ),
    )
    expect(table).toContain('|  | Roscius | OTP | OTP disk_log |')
    expect(table).toContain('| **0.3** | 0.01 (in memory) | 0.4 |')
  })

  it('has a dash for what a peer was not measured at', () => {
    const missing: PeerResult = { id: 'nats', name: 'NATS', settings: '', missing: 'nats-server', works: {} }
    expect(mainTable(run(peer('roscius', 'step', 'step-1.p50', 0.3), missing))).toContain('| **0.3** | – |')
  })
})

describe('the tables of the works', () => {
  it('name together whoever does not do a work for the same reason', () => {
    const declining = (id: string): PeerResult => ({
      ...peer(id, 'step', 'step-1.p50', 1),
      works: { failure: { declined: 'it never fails' } },
    })
    const tables = workTables(
      run(peer('roscius', 'failure', 'failure.p50', 0.3, 'memory'), declining('nats'), declining('ws')),
    )
    expect(tables).toContain('\n\nNot in it:\n\n- nats, ws: it never fails.\n')
  })

  it('leave out whoever does a work as another line of the same table does', () => {
    const same: PeerResult = {
      ...peer('otp-disk', 'step', 'step-1.p50', 1),
      works: { failure: { elsewhere: 'otp' } },
    }
    const tables = workTables(run(peer('roscius', 'failure', 'failure.p50', 0.3, 'memory'), same))
    expect(tables).not.toContain('otp-disk')
    expect(tables).not.toContain('Not in it')
  })

  it('say of a file that a crash may tear that it may', () => {
    const torn = run(peer('xstate-in-place', 'step', 'step-1.p50', 1, 'tearable'))
    expect(workTables(torn)).toContain('| may tear | much |')
  })

  it('align figures at the right, and words at the left', () => {
    const [, rule] = workTables(run(peer('roscius', 'failure', 'failure.p50', 0.3, 'memory'))).split('`failure`')
    expect(rule?.split('\n')[1]).toBe('| --- | ---: | ---: | --- | --- |')
  })
})

function run(...peers: readonly PeerResult[]): SavedRun {
  const environment = { cores: 2, cpu: 'a processor', memory: '8 GB', os: 'Linux 6.18', disk: 'xfs', node: 'v20.20.2' }
  return { date: '2026-11-22', command: 'npm run bench:peers', minutes: 27, environment, peers }
}

function peer(id: string, work: WorkName, measure: string, figure: number, promise = keptBy(id)): PeerResult {
  const result = { promise, lacks: 'much', figures: { [measure]: figure } }
  return { id, name: id, settings: '', versions: {}, works: { [work]: result } }
}

function keptBy(id: string): Promised {
  return id === 'otp' ? 'memory' : 'durable'
}
