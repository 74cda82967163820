/** What an approved call may do. */
import type { ReactNode } from 'react'
import type { ToldApproval } from '../../control/protocol/approvals.js'
import { Badge } from '../parts/badge.js'
import type { Tone } from '../parts/tone.js'

const TONES: Readonly<Record<ToldApproval['risk'], Tone>> = { read: 'idle', write: 'warn', danger: 'bad' }

export function RiskBadge({ risk }: { readonly risk: ToldApproval['risk'] }): ReactNode {
  return <Badge tone={TONES[risk] ?? 'bad'}>{risk}</Badge>
}

const SETTLED: Readonly<Record<ToldApproval['status'], Tone>> = {
  pending: 'note',
  approved: 'good',
  denied: 'bad',
  expired: 'warn',
  withdrawn: 'idle',
}

export function ApprovalStatusBadge({ status }: { readonly status: ToldApproval['status'] }): ReactNode {
  return <Badge tone={SETTLED[status] ?? 'idle'}>{status === 'pending' ? 'waiting' : status}</Badge>
}
