import { randomUUID } from 'node:crypto'
import { provide } from '../../../support/debian.js'
import type { Availability, Peer } from '../peer.js'
import { effectsIn } from '../works/crash.js'
import { compiled, otpVersion } from './compiled.js'
import { startEpmd } from './epmd.js'
import { erlSite } from './erl-site.js'
import * as wires from './wires.js'

/** `gen_statem` under a supervisor, as OTP comes. */
export const otp: Peer = {
  id: 'otp',
  name: 'Erlang/OTP',
  settings: 'nothing is kept on the disk: gen_statem under a supervisor; the emulator and its logger as they come',
  available,
  works: {
    step: {
      promise: 'memory',
      lacks: 'anything that outlives the process',
      open: (folder) => erlSite(folder, { module: 'steps', given: ['memory'], wire: wires.step }),
    },
    growing: { declined: 'it keeps nothing on the disk: with disk_log it does' },
    sleep: {
      promise: 'memory',
      lacks: 'that an agent outlives the process: it sleeps on a state timeout, in memory',
      open: (folder) => erlSite(folder, { module: 'sleeper', given: ['memory'], wire: wires.sleep('memory') }),
    },
    crash: { declined: 'in memory: with the process all is lost' },
    failure: {
      promise: 'memory',
      lacks:
        'the state of before, or that the message at which it threw is handled; it logs each failure, as OTP comes: silent, it is many times faster',
      open: (folder) => erlSite(folder, { module: 'failing', wire: wires.failure }),
    },
    remote: { promise: 'memory', lacks: 'that a message arrives: it is delivered at most once', open: openRemote },
  },
}

const LOOPBACK = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}']

/** Two nodes of distributed Erlang. */
async function openRemote(folder: string) {
  await compiled()
  const epmd = await startEpmd()
  const name = `suite-${process.pid}`
  return await erlSite(folder, {
    module: 'asking',
    given: [`${name}-far`],
    wire: wires.remote,
    flags: [...LOOPBACK, '-name', `${name}@127.0.0.1`, '-setcookie', randomUUID()],
    env: epmd.env,
    dispose: async () => await epmd[Symbol.asyncDispose](),
  })
}

const IN_MEMORY = { elsewhere: 'otp' }

/** The same agents with a log beside them. */
export const otpDisk: Peer = {
  id: 'otp-disk',
  name: 'Erlang/OTP with disk_log',
  settings:
    'each message is appended to one disk_log by one process, and answered after disk_log:sync (an fsync), shared by all that wait for one; the log is read at the start',
  available,
  works: {
    step: {
      promise: 'durable',
      lacks: 'that its log is ever compacted: it grows with each step, and so does the time to start',
      open: (folder) => erlSite(folder, { module: 'steps', given: ['disk', folder], wire: wires.step }),
    },
    growing: {
      promise: 'durable',
      lacks: '',
      open: (folder) => erlSite(folder, { module: 'historian', given: [folder], wire: wires.growing }),
    },
    sleep: {
      promise: 'durable',
      lacks: 'a timer that is durable by itself: when each is due is in the log, from which all are started again',
      open: (folder) => erlSite(folder, { module: 'sleeper', given: ['disk', folder], wire: wires.sleep('disk') }),
    },
    crash: {
      promise: 'durable',
      lacks: 'that a message sent again is handled once, or that its effect happens only once',
      open: (folder) =>
        erlSite(folder, { module: 'steps', given: ['disk', folder, effectsIn(folder)], wire: wires.crash }),
    },
    failure: IN_MEMORY,
    remote: IN_MEMORY,
  },
}

async function available(): Promise<Availability> {
  if (!provide('erlang-base', () => otpVersion() !== undefined)) {
    return { missing: 'Erlang/OTP (apt-get install erlang-base)' }
  }
  return { versions: { 'Erlang/OTP': otpVersion() ?? '' } }
}
