/** A service as the example uses it. */
export interface Service {
  readonly port: number
  /** Resolves when its server takes no more requests, and nobody is linked with its node. */
  close(): Promise<void>
}

/** Opens the service, with its store in that folder, on a free port of this machine. */
export type OpenService = (store: string) => Promise<Service>

/** Where other nodes reach the node in the service. */
export const PATH = '/roscius'
