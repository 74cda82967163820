/** How the two nodes show each other who they are: with a secret that both are given. Here both are one process. */
import { randomBytes } from 'node:crypto'
import type { RemoteOptions } from 'roscius'

export const auth: NonNullable<RemoteOptions['auth']> = { keys: [{ id: 'example', secret: randomBytes(32) }] }
