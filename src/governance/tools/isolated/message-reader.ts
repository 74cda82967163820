/** Takes a stream apart into messages, one JSON text a line, and never holds more of it than the limit. */
import { z } from 'zod'

const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('heartbeat') }),
  z.strictObject({ type: z.literal('returned'), output: z.unknown().optional() }),
  z.strictObject({
    type: z.literal('threw'),
    error: z.strictObject({
      message: z.string(),
      name: z.string().optional(),
      code: z.string().optional(),
      failureClass: z.string().optional(),
    }),
  }),
])

export type Message = z.infer<typeof messageSchema>

const NEWLINE = 10

export class MessageReader {
  #parts: Buffer[] = []
  #size = 0

  constructor(
    /** The longest message, in bytes. */
    private readonly maxBytes: number,
    private readonly on: {
      readonly message: (message: Message) => void
      readonly tooLong: () => void
      readonly garbage: () => void
    },
  ) {}

  /** Takes what came in. */
  take(chunk: Buffer): void {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (!this.#keep(chunk.subarray(from, end))) return
      this.#read()
      from = end + 1
    }
    this.#keep(chunk.subarray(from))
  }

  #keep(part: Buffer): boolean {
    this.#size += part.length
    if (this.#size > this.maxBytes) {
      this.#parts = []
      this.on.tooLong()
      return false
    }
    this.#parts.push(part)
    return true
  }

  #read(): void {
    const message = messageIn(Buffer.concat(this.#parts).toString('utf8'))
    this.#parts = []
    this.#size = 0
    if (message === undefined) this.on.garbage()
    else this.on.message(message)
  }
}

function messageIn(text: string): Message | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
