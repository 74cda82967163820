/** One virtual object with a history that grows: under one key of its state, as the documentation keeps a chat. */
import { handlers, type ObjectContext, type ObjectSharedContext, object } from '@restatedev/restate-sdk'
import { type GrowingService, growth } from '../works/growing.js'
import { type Reached, served } from './endpoint.js'

const historian = object({
  name: 'historian',
  handlers: {
    async add(ctx: ObjectContext, message: string): Promise<number> {
      const messages = (await ctx.get<string[]>('messages')) ?? []
      messages.push(message)
      ctx.set('messages', messages)
      return messages.length
    },
    length: handlers.object.shared(
      async (ctx: ObjectSharedContext): Promise<number> => (await ctx.get<string[]>('messages'))?.length ?? 0,
    ),
  },
  // The journals of the steps that are done would hold each history once more.
  options: { journalRetention: 0 },
})

export async function openGrowing(reached: Reached): Promise<GrowingService> {
  const ingress = await served(reached, [historian])
  return {
    calls: {
      grow: (steps) => growth(steps, (message) => ingress.call('historian/one/add', message)),
      length: () => ingress.call('historian/one/length', null),
    },
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}
