/** What the exchange says, in this order: a small fixed series. */
import { z } from 'zod'

export const quoteSchema = z.object({
  type: z.literal('QUOTE'),
  day: z.number(),
  instrument: z.string(),
  price: z.number(),
})
export type Quote = z.infer<typeof quoteSchema>

const PRICES: Readonly<Record<string, readonly number[]>> = {
  HARBOR: [50, 51, 50, 54, 57, 50],
  KILN: [200, 198, 201, 199, 255, 240],
  ORBIT: [30, 30, 31, 31, 31, 34],
  VAULT: [90, 91, 90, 97, 96, 86],
}

export const INSTRUMENTS = Object.keys(PRICES)

export function pricesOf(instrument: string, day: number): number[] {
  return (PRICES[instrument] ?? []).slice(0, day)
}

export function quotesOf(day: number): Quote[] {
  return INSTRUMENTS.map((instrument) => {
    const price = pricesOf(instrument, day).at(-1) ?? 0
    return { type: 'QUOTE', day, instrument, price }
  })
}

/** The days of trading; those before them are only history. */
export const DAYS = [4, 5, 6]
