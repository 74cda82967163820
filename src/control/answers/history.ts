/** The past of actors, and what led to what. */
import { checkedPath } from './actor-of.js'
import type { Answers, Desk } from './desk.js'

type Routes = 'value' | 'journal' | 'moment' | 'test' | 'conversations' | 'conversation'

export function historyAnswers({ history }: Desk): Pick<Answers, Routes> {
  return {
    value: ({ path, ...query }) => history.valueSlice(checkedPath(path), query),
    journal: ({ path, ...query }) => history.journalPage(checkedPath(path), query),
    moment: ({ path, seqNr }) => history.moment(checkedPath(path), seqNr),
    test: ({ path, from, to }) => history.replayTest(checkedPath(path), { from, to }),
    conversations: async ({ min }) => ({ conversations: await history.recentConversations({ min }) }),
    conversation: ({ id }) => history.conversation(id),
  }
}
