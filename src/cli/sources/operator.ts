/** Who acts, where a command acts. */
import { userInfo } from 'node:os'
import { operatorName } from '../../control/protocol/common.js'
import { readWith } from '../../supervision/refusal.js'

/** What every command that acts says of who does it. */
export const BY_HELP = '  --by <name>      who does it, for the audit trail; default: your user name'

/** The name for the audit trail: `--by`, or the user's. Throws `OPTIONS_INVALID`. */
export function operatorOf(by = userInfo().username): string {
  return readWith(operatorName, by, '--by')
}
