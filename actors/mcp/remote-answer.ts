/** What a server answers to a call, as the output of a tool or as its failure. */
import { z } from 'zod'

const blockSchema = z.looseObject({ type: z.string() })

export const remoteAnswerSchema = z.looseObject({
  content: z.array(blockSchema).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
})

export type RemoteAnswer = z.output<typeof remoteAnswerSchema>
type Block = z.output<typeof blockSchema>

/**
 * The structured content if there is any, else the text. Pictures, sounds and the like are named, not passed on. Throws what a
 * server calls an error, and for more than `maxOutputBytes`.
 */
export function outputOf(answer: RemoteAnswer, maxOutputBytes: number): unknown {
  if (answer.isError === true) throw new Error(textOf(answer) || 'The tool failed without saying why.')
  const output = answer.structuredContent ?? textOf(answer)
  const bytes = Buffer.byteLength(typeof output === 'string' ? output : JSON.stringify(output))
  if (bytes <= maxOutputBytes) return output
  throw new Error(`The tool did its work and answered ${bytes} bytes, which is more than ${maxOutputBytes}.`)
}

function textOf({ content }: RemoteAnswer): string {
  return content.map(textIn).join('\n')
}

function textIn(block: Block): string {
  if (typeof block.text === 'string') return block.text
  const { text, uri, mimeType } = (block.resource ?? block) as Record<string, unknown>
  if (typeof text === 'string') return text
  return `[${[block.type, uri, mimeType].filter((part) => typeof part === 'string').join(' ')}]`
}
