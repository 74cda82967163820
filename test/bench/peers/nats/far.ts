/** The other process: answers questions, and counts what it is told. */
import { connect } from '@nats-io/transport-node'
import type { Service } from '../../harness/second-process.js'
import { ASK, CONNECTION, TELL, TOLD } from './subjects.js'

export async function openFar({ url }: { readonly url: string }): Promise<Service> {
  const connection = await connect({ ...CONNECTION, servers: url })
  let told = 0
  connection.subscribe(ASK, { callback: (_, question) => void question.respond(question.data) })
  connection.subscribe(TELL, { callback: () => void told++ })
  // On the connection of the messages, whose order is kept: all that were sent before are counted by then.
  connection.subscribe(TOLD, { callback: (_, question) => void question.respond(String(told)) })
  // The server has all subscriptions when this resolves.
  await connection.flush()
  return { calls: {}, [Symbol.asyncDispose]: () => connection.close() }
}
