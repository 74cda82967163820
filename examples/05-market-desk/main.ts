/** Plays three days of trading, quote by quote. */
import { setImmediate as moment } from 'node:timers/promises'
import type { AgentOutput } from 'roscius/machines'
import { type Market, openMarket } from './desk.js'
import type { Decided } from './events.js'
import { DAYS, INSTRUMENTS, quotesOf } from './figures.js'
import { decidedText, logText, positionText, quoteText, saidText } from './telling.js'

if (process.argv.length > 2) {
  const isAsked = process.argv[2] === '--help'
  const stream = isAsked ? process.stdout : process.stderr
  stream.write('Usage: npm run example -- 05-market-desk\n\nPlays three days of trading. It takes no options.\n')
  process.exit(isAsked ? 0 : 2)
}

const write = (text: string): unknown => process.stdout.write(text)

/** Up to here Noor says yes. */
const NOOR_ALLOWS = 10_000

await using system = await openMarket()
/** Traders whose order came to nothing. */
const dropped: string[] = []
tellEvents(system)
for (const day of DAYS) {
  write(`\nDay ${day}\n`)
  for (const quote of quotesOf(day)) {
    write(quoteText(quote))
    await system.actor('analysis', 'market/analysis').deliver(quote)
    await system.settled()
  }
  write('\n')
  for (const instrument of INSTRUMENTS) {
    const { value, context } = system.actor('position', `market/positions/${instrument}`).getSnapshot()
    write(positionText(instrument, value, context))
  }
}

write('\nThe decision log of those whose orders were dropped\n')
for (const path of dropped) write(logText(path, await system.decisions(path)))

function tellEvents(system: Market): void {
  system.on((event) => {
    if (event.type === 'approvalRequested') void answer(system, event.approvalId)
    if (event.type !== 'actorDone') return
    const ended = event.output as AgentOutput
    if (ended.status !== 'done') return
    const decided = ended.output as Decided
    write(decidedText(decided))
    if (decided.type === 'DROPPED') dropped.push(event.path)
  })
}

async function answer({ approvals }: Market, id: string): Promise<void> {
  // She takes a moment, as people do.
  await moment()
  const { input } = approvals.get(id) ?? {}
  const { sum } = input as { readonly sum: number }
  const isFine = sum <= NOOR_ALLOWS
  write(saidText(`Noor is asked, as the sum is ${sum} euros, and says ${isFine ? 'yes' : 'no'}`))
  if (isFine) await approvals.approve(id, { by: 'Noor' })
  else await approvals.deny(id, { by: 'Noor', reason: 'too much of one thing' })
}
