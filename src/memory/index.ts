export type { MemoryEvent } from '../core/memory-events.js'
export type { MemoryEmbedder } from './embedder.js'
export { type AgentMemory, type ForAgentOptions, memoryForAgent } from './for-agent.js'
export type {
  MemoryFilter,
  MemoryItem,
  MemoryKind,
  MemoryListing,
  MemoryPage,
  MemoryQuery,
  MemoryStore,
  NewMemory,
  Recalled,
} from './memory-store.js'
export { type ReembedOptions, type SearchMemory, type SearchMemoryOptions, searchMemory } from './search-memory.js'
