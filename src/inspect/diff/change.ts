/** One difference between two definitions of a machine. */

export type StatePath = readonly string[]

export type StateAspect =
  | 'type'
  | 'initial'
  | 'history'
  | 'entry'
  | 'exit'
  | 'invokes'
  | 'tags'
  | 'output'
  | 'meta'
  | 'description'

export type TransitionAspect = 'delay' | 'guard' | 'actions' | 'reenter' | 'order' | 'meta' | 'description'

/** A transition in words. */
export interface ToldTransition {
  /** Its id in the definition that has it; of the new one if both do. */
  readonly id: string
  /** `TASK`, `after 250`, `done: fetchPage`, `always`, ... */
  readonly descriptor: string
  readonly guard?: string
  /** Paths of states, joined by dots; `(root)` for the machine itself. */
  readonly targets: readonly string[]
}

/** `state` is a path in the old definition; of a state that is new, in the new one. */
export type Change =
  | { readonly kind: 'machineChanged'; readonly what: 'id' | 'version'; readonly from: string; readonly to: string }
  | { readonly kind: 'stateAdded'; readonly state: StatePath; readonly isRegion: boolean }
  | { readonly kind: 'stateRemoved'; readonly state: StatePath }
  | { readonly kind: 'stateRenamed'; readonly state: StatePath; readonly to: StatePath }
  | (Aspect<StateAspect> & { readonly kind: 'stateChanged'; readonly state: StatePath })
  | {
      readonly kind: 'transitionAdded' | 'transitionRemoved'
      readonly state: StatePath
      readonly transition: ToldTransition
    }
  | {
      readonly kind: 'transitionRetargeted'
      readonly state: StatePath
      readonly transition: ToldTransition
      readonly from: readonly string[]
      readonly to: readonly string[]
    }
  | (Aspect<TransitionAspect> & {
      readonly kind: 'transitionChanged'
      readonly state: StatePath
      readonly transition: ToldTransition
    })

/** In words; empty where there is nothing. */
interface Aspect<What extends string> {
  readonly what: What
  readonly from: string
  readonly to: string
}

export interface DefinitionDiff {
  readonly isSame: boolean
  /** The machine's own changes first, then by state in the order of the old definition, what is new last. */
  readonly changes: readonly Change[]
}
