/** A decision as the console shows it, read with care: its fields are masked, and those of a plugin may be missing. */
import { countText } from '../../parts/amounts.js'

export interface Decision {
  readonly turn: number
  readonly atMs: number | undefined
  /** The event that was decided for, with its fields in a line. */
  readonly event: string
  readonly type: string
  readonly reason: string
  readonly state: string
  readonly legal: readonly string[]
  readonly refused: string | undefined
  readonly model: string | undefined
  readonly usage: string | undefined
  readonly ms: number
  readonly calls: readonly {
    readonly tool: string
    readonly outcome: string
    readonly isOk: boolean
    readonly error: string | undefined
  }[]
}

type Fields = Readonly<Record<string, unknown>>

export function readDecision(record: Fields): Decision {
  const { type, ...fields } = recordOf(record.decision)
  const more = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`
  const usage = recordOf(record.usage)
  return {
    turn: numberOf(record.turn) ?? 0,
    atMs: numberOf(record.atMs),
    event: `${textOf(type) ?? '?'}${more}`.slice(0, 400),
    type: textOf(type) ?? '',
    reason: textOf(record.reason) ?? '',
    state: textOf(record.state) ?? '',
    legal: listOf(record.legal)
      .filter((one) => typeof one === 'string')
      .slice(0, 60),
    refused: textOf(record.refusedBecause),
    model: textOf(record.model),
    usage: usageText(usage),
    ms: numberOf(record.ms) ?? 0,
    calls: listOf(record.toolCalls).slice(0, 50).map(recordOf).map(callOf),
  }
}

function callOf(call: Fields): Decision['calls'][number] {
  return {
    tool: textOf(call.tool) ?? '?',
    outcome: textOf(call.outcome) ?? '?',
    isOk: call.ok !== false || call.outcome === 'approvalRequired',
    error: call.outcome === 'approvalRequired' ? undefined : textOf(call.errorCode),
  }
}

function usageText({ inputTokens, outputTokens, costUsd }: Fields): string | undefined {
  const [input, output, cost] = [numberOf(inputTokens), numberOf(outputTokens), numberOf(costUsd)]
  if (input === undefined && output === undefined) return undefined
  return `${countText(input ?? 0)} in, ${countText(output ?? 0)} out${cost === undefined ? '' : `, $${cost.toFixed(4)}`}`
}

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
