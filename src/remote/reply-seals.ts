/**
 * Reply addresses as they leave the node: with a seal, so that only who was given one can answer, and a peer can't guess those
 * that others were given. Whoever is passed the ref may answer, from any node.
 *
 * 1. A question from outside has a seal of chance, which lives as long as the question does.
 * 2. What outlives a run, a question of an effect or one with an idempotency key, is sealed with a secret of the store
 *    (HMAC-SHA-256, 128 bits of it).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { SEAL } from '../core/foreign-address.js'
import type { AbroadHost } from '../runtime/abroad.js'

const SECRET = 'u/remote/secret'
const MAC_CHARACTERS = 22
/** `$ask/<incarnation>/<n>`, and no more. */
const OF_ONE_RUN = /^\$ask\/\d+\/\d+$/

export class ReplySeals {
  #secret: Uint8Array = new Uint8Array(0)

  constructor(private readonly host: AbroadHost) {}

  /** Reads the secret of the store, or makes it. */
  open(): void {
    const { codec, commits, random } = this.host
    const stored = commits.read(SECRET)
    this.#secret = stored === undefined ? random.bytes(32) : (codec.decode(stored, SECRET) as Uint8Array)
    if (stored !== undefined) return
    commits.put(SECRET, codec.encode(this.#secret))
    commits.sync()
  }

  /** The address with its seal; as it is, if nobody waits there any more. */
  seal(path: string): string {
    const seal = OF_ONE_RUN.test(path) ? this.host.sealOf(path) : this.#mac(path)
    return seal === undefined ? path : `${path}${SEAL}${seal}`
  }

  /** The address that was sealed; undefined if the seal is not right, or nobody waits there any more. */
  opened(sealed: string): string | undefined {
    const end = sealed.lastIndexOf(SEAL)
    if (end < 0) return undefined
    const path = sealed.slice(0, end)
    const expected = OF_ONE_RUN.test(path) ? this.host.sealOf(path) : this.#mac(path)
    return expected !== undefined && isSame(sealed.slice(end + 1), expected) ? path : undefined
  }

  #mac(path: string): string {
    return createHmac('sha256', this.#secret).update(path).digest('base64url').slice(0, MAC_CHARACTERS)
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
