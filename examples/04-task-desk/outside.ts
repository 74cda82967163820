/**
 * The world outside the desk: an inbox, an order book, and all that is ever done to customers. What is done is on record in
 * a file, beside the store and not in it: it outlives any process, and nothing undoes it.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

export const requestSchema = z.object({
  id: z.string(),
  customer: z.string(),
  kind: z.enum(['question', 'refund', 'replacement']),
  order: z.number(),
})
export type Request = z.infer<typeof requestSchema>

export const orderSchema = z.object({ order: z.number(), thing: z.string(), euros: z.number(), status: z.string() })
export type Order = z.infer<typeof orderSchema>

/** Something that was done, and can't be undone. `key`: the effect that did it. */
export interface Deed {
  readonly text: string
  readonly key: string
}

const INBOX: readonly Request[] = [
  { id: 'T1', customer: 'Ada', kind: 'question', order: 1001 },
  { id: 'T2', customer: 'Ben', kind: 'refund', order: 1002 },
  { id: 'T3', customer: 'Cleo', kind: 'replacement', order: 1003 },
  { id: 'T4', customer: 'Dan', kind: 'refund', order: 1004 },
]

const ORDERS: readonly Order[] = [
  { order: 1001, thing: 'kettle', euros: 45, status: 'on its way' },
  { order: 1002, thing: 'armchair', euros: 240, status: 'came back on Monday' },
  { order: 1003, thing: 'lamp', euros: 60, status: 'arrived broken' },
  { order: 1004, thing: 'piano', euros: 900, status: 'is still with him' },
]

export interface OutsideOptions {
  /** Where deeds are on record. */
  readonly file: string
  /** Told of what goes wrong out here. */
  readonly tell: (text: string) => void
  /** Called when a parcel has left and the answer has not come back. */
  readonly onParcel?: () => Promise<void>
}

export class Outside {
  #hasFailed = false

  constructor(private readonly options: OutsideOptions) {}

  readInbox(): Request[] {
    return [...INBOX]
  }

  /** The first question about 1001 does not get through. */
  findOrder(number: number): Order {
    if (number === 1001 && !this.#hasFailed) {
      this.#hasFailed = true
      this.options.tell('the order book breaks the connection; the tool tries again')
      throw new Error('connection reset')
    }
    const order = ORDERS.find(({ order }) => order === number)
    if (order === undefined) throw new Error(`there is no order ${number}`)
    return order
  }

  /** As banks and mail servers do: the same key a second time changes nothing. */
  do(text: string, key: string): string {
    if (!this.deeds().some((deed) => deed.key === key)) this.#record({ text, key })
    return text
  }

  /** A carrier that knows no keys: a second call is a second parcel. */
  async ship(text: string): Promise<string> {
    this.#record({ text, key: '' })
    await this.options.onParcel?.()
    return text
  }

  deeds(): Deed[] {
    const { file } = this.options
    if (!existsSync(file)) return []
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as Deed)
  }

  #record(deed: Deed): void {
    appendFileSync(this.options.file, `${JSON.stringify(deed)}\n`)
  }
}
