export { type FaultStore, faultStore } from './fault-store.js'
export { seededRandom } from './seeded-random.js'
export { type SimulatedClock, simulatedClock } from './simulated-clock.js'
export { type ContractCase, storeContract } from './store-contract.js'
