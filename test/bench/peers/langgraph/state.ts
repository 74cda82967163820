/** What an agent's thread keeps, as channels. */
import { Annotation } from '@langchain/langgraph'

export const Agent = Annotation.Root({
  message: Annotation<string>,
  count: Annotation<number>({ reducer: (count, more) => count + more, default: () => 0 }),
  last: Annotation<readonly string[]>({ reducer: (last, more) => [...last, ...more].slice(-10), default: () => [] }),
})
