/** An event in a line. */
import type { EventLine } from '../../control/protocol/common.js'

export function eventText({ type, fields }: EventLine): string {
  return fields === undefined ? type : `${type} ${fields}`
}
