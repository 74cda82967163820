export { checkMachine } from '../analysis/check-machine.js'
export type { CheckOptions } from '../analysis/check-options.js'
export type { PathStep } from '../analysis/edge-text.js'
export type { Finding, Rule } from '../analysis/findings.js'
export { type Damage, type Verified, type VerifyOptions, verify as verifyStore } from '../persistence/verify.js'
export { type FaultStore, faultStore } from './fault-store.js'
export {
  type Delay,
  type FaultyNetwork,
  type FaultyNetworkOptions,
  faultyNetwork,
  type LinkFaultRates,
  type NetworkFault,
  type NetworkIncident,
  type NetworkNote,
} from './faulty-network.js'
export { aimed, type Target } from './injections/aimed.js'
export { injections } from './injections/corpus.js'
export { gullible } from './injections/gullible.js'
export type { Injection, InjectionKind } from './injections/injection.js'
export { type Expected, type Probe, type ProbeInput, probe, type WithinOptions } from './probe.js'
export { type AgentOutcome, agentCriteria, agentOutcome } from './scenario/agent-outcome.js'
export { type CriterionReport, type ScenarioReport, scenarioMarkdown, type TrialFailure } from './scenario/report.js'
export { type Criterion, runScenario, type ScenarioOptions } from './scenario/run-scenario.js'
export {
  type ScriptedCall,
  type ScriptedTool,
  scriptedTool,
  type ToolFace,
  type ToolScriptStep,
  type ToolStep,
} from './scripted-tool.js'
export { seededRandom } from './seeded-random.js'
export { type SimulatedClock, simulatedClock } from './simulated-clock.js'
export type { CallFault, CallFaults, FaultRates } from './simulation/fault-rates.js'
export {
  type AskableBrain,
  type AskContext,
  type FaultyBrain,
  type FaultyOptions,
  faultyBrain,
} from './simulation/faulty-brain.js'
export type { CallNote } from './simulation/faulty-call.js'
export { faultyTool } from './simulation/faulty-tool.js'
export { type SimulateOptions, type SimulationResult, simulate } from './simulation/simulate.js'
export type {
  Invariant,
  Moment,
  SimulatedCall,
  SimulatedStep,
  Simulation,
  Society,
} from './simulation/society.js'
export { type ContractCase, storeContract } from './store-contract.js'
export { type TransportLine, transportContract } from './transport-contract.js'
