/** Names that fit at the head of a column and beside a bar; where none stands here, the peer's own is short enough. */
const SHORT: Readonly<Record<string, string>> = {
  'roscius-socket': 'Roscius, socket',
  'xstate-in-place': 'XState in place',
  langgraph: 'LangGraph',
  'langgraph-tuned': 'LangGraph tuned',
  'langgraph-stock': 'LangGraph stock',
  otp: 'OTP',
  'otp-disk': 'OTP disk_log',
  'create-actor': 'createActor',
  level: 'LevelDB',
  ws: 'WebSocket',
}

export function shortName({ id, name }: { readonly id: string; readonly name: string }): string {
  return SHORT[id] ?? name
}
