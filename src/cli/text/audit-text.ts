/** What `roscius audit verify` says to people. */
import type { AuditCheck, CheckOptions } from '../../governance/audit/check-chain.js'

export function checkText(check: AuditCheck, { anchor, isPartial }: CheckOptions): string {
  const { records, payloads, head, firstBreak } = check
  const { compared, erased, absent } = payloads
  return [
    firstBreak && `The trail breaks at record ${firstBreak.n}: ${firstBreak.problem}.`,
    `${counted(records, 'record')}: hashes and links checked${isPartial === true ? `, ${check.leftOut} left out` : ''}`,
    `${counted(compared + erased + absent, 'payload')}: ${compared} compared, ${erased} erased, ${absent} not there to compare`,
    head && `head ${head.n}:${head.hash}`,
    firstBreak === undefined && verdictOf(check, anchor !== undefined),
  ]
    .filter((line) => typeof line === 'string')
    .join('\n')
}

function verdictOf({ records }: AuditCheck, isAnchored: boolean): string {
  if (records === 0) return 'The trail is empty.'
  if (isAnchored) return 'The trail is whole, and has the record of the anchor.'
  return 'The trail is whole as far as it goes. Whether its end was cut off, or all of it made anew, only --anchor can tell.'
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
