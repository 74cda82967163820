/** The play: what is made to fail, step by step. The process is killed after `beforeTheKill`, another plays `afterTheKill`. */
import { startChild } from 'roscius'
import { REPORTERS } from './newsroom.js'
import type { Stage } from './stage.js'

interface Step {
  readonly title: string
  readonly text: string
  play(stage: Stage): Promise<void>
}

/** So far apart that the failures of one step don't count in the next. */
const BETWEEN_STEPS_MS = 10_000

export async function playSteps(stage: Stage, steps: readonly Step[], first: number): Promise<void> {
  for (const [index, { title, text, play }] of steps.entries()) {
    if (index > 0) await stage.pass(BETWEEN_STEPS_MS)
    await stage.step(first + index, title, text)
    await play(stage)
  }
}

export const beforeTheKill: readonly Step[] = [
  {
    title: 'An ordinary morning',
    text: 'A newsroom opens: three levels of supervision, a store in a LevelDB folder.',
    async play(stage) {
      await stage.deed('the newsroom starts', () => stage.system.spawn('newsroom', { id: 'newsroom' }))
      const desk = stage.system.actor('desk', 'newsroom/desk')
      await stage.deed('ada, ben and cleo come to the desk', async () => {
        for (const id of REPORTERS) await startChild(desk, { id, systemId: id })
      })
      await stage.deed('a headline for ada', () => stage.outside.report('ada', 'The bridge opens'))
      await stage.showTree()
    },
  },
  {
    title: 'A transient failure: it waits and tries again',
    text: 'The library refuses two connections. What comes for ben meanwhile stays in his mailbox.',
    async play(stage) {
      stage.outside.failSource('ben', [refused(), refused()])
      await stage.deed('a headline for ben', () => stage.outside.report('ben', 'The tram is late'))
      await stage.deed('another one, while he waits', () => stage.outside.report('ben', 'The ferry is early'))
      await stage.showTree()
      await stage.explain(stage.system.actor('reporter', 'newsroom/desk/ben'))
      await stage.pass(200)
      await stage.pass(400)
      await stage.showTree()
    },
  },
  {
    title: 'A poison event: three tries, then a dead letter',
    text: 'A headline without text makes ada throw, whenever it comes. She goes on without it.',
    async play(stage) {
      await stage.deed('a headline without text for ada', () => stage.outside.report('ada', null as never))
      await stage.showDeadLetters()
      await stage.deed('a headline for ada', () => stage.outside.report('ada', 'The market moves'))
      await stage.showTree()
    },
  },
  {
    title: 'A group restart: one for all',
    text: 'The wire breaks. Wire and ticker start again together; the ticker keeps its count.',
    async play(stage) {
      await stage.deed('the wire breaks', () => stage.outside.agency.fail(new Error('the wire is cut')))
      await stage.deed('a headline for cleo', () => stage.outside.report('cleo', 'The opera reopens'))
      const { headlines } = stage.system.actor('ticker', 'newsroom/feeds/ticker').getSnapshot().context
      await stage.deed(`the ticker counts ${headlines} headlines`)
      await stage.showTree()
    },
  },
  {
    title: 'A group restart: the rest for one',
    text: "The archive's disk fails. All that was started after the archive starts again after it.",
    async play(stage) {
      await stage.deed('the disk fails', () => stage.outside.disk.fail(new Error('the disk does not answer')))
      await stage.deed('a headline for ada', () => stage.outside.report('ada', 'The museum moves'))
      await stage.showTree()
    },
  },
  {
    title: 'Too many failures: one level up',
    text: "Cleo's source has a bug. The desk bears two restarts in 5 s. Then it fails as well.",
    async play(stage) {
      stage.outside.failSource('cleo', Array.from({ length: 3 }, bug))
      await stage.deed('a headline for cleo', () => stage.outside.report('cleo', 'The tenor has a cold'))
      await stage.showTree()
    },
  },
  {
    title: 'kill -9 in the middle of a wait',
    text: 'Ben waits for his restart, with a headline in his mailbox, when the process dies.',
    async play(stage) {
      stage.outside.failSource('ben', [refused()])
      await stage.deed('a headline for ben', () => stage.outside.report('ben', 'The harbour freezes'))
      await stage.deed('another one, while he waits', () => stage.outside.report('ben', 'The skates are out'))
      await stage.pass(80)
      await stage.showTree()
      await stage.deed('kill -9')
    },
  },
]

export const afterTheKill: readonly Step[] = [
  {
    title: 'Another process goes on',
    text: 'The wait of 200 ms ends when it would have ended.',
    async play(stage) {
      await stage.deed('the store is opened')
      await stage.showTree()
      await stage.pass(100)
      await stage.showTree()
      const { stories } = stage.system.actor('archive', 'newsroom/archive').getSnapshot().context
      await stage.deed(`of 10 headlines 1 is a dead letter, and ${stories.length} are stories in the archive:`)
      for (const story of stories) await stage.deed(story)
    },
  },
]

/** Of a server that is down: its code makes it a transient failure. */
function refused(): Error {
  return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
}

function bug(): Error {
  return new TypeError('the photo has no caption')
}
