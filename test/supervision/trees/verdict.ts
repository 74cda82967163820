/** Every property of a supervised tree, asked of the record of one trial. */
import { checkIntensity } from './check-intensity.js'
import { checkMail } from './check-mail.js'
import { checkPauses } from './check-pauses.js'
import { checkRest } from './check-rest.js'
import { checkRuns } from './check-runs.js'
import type { Breach, TrialRecord } from './record.js'

export function verdict(record: TrialRecord): readonly Breach[] {
  if (record.stuck !== undefined) return [{ what: 'stuck', message: record.stuck }]
  const checks = [checkRuns, checkRest, checkIntensity, checkMail, checkPauses]
  return checks.flatMap((check) => check(record))
}
