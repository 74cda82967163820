import type { Services } from '../peer.js'
import { crash } from './crash.js'
import { failure } from './failure.js'
import { growing } from './growing.js'
import { remote } from './remote.js'
import { sleep } from './sleep.js'
import { step } from './step.js'
import type { Work } from './work.js'

/** All works, in the order of the report. */
export const works: { readonly [Name in keyof Services]: Work<Services[Name]> } = {
  step,
  growing,
  sleep,
  crash,
  failure,
  remote,
}
