/** Keys that nodes share, read at the door. They are copied: what the caller does with his bytes changes nothing. */
import { z } from 'zod'
import type { SharedKey } from '../protocol/handshake/shared-keys.js'

const MOST_ID_LENGTH = 128
const LEAST_SECRET_BYTES = 16
/** A proof is tried with every key. */
const MOST_KEYS = 16

const sharedKey = z.strictObject({
  id: z.string().min(1).max(MOST_ID_LENGTH),
  secret: z
    .custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be bytes, as a Uint8Array or a Buffer')
    .refine((secret) => secret.length >= LEAST_SECRET_BYTES, `must be at least ${LEAST_SECRET_BYTES} bytes`)
    .transform((secret) => Uint8Array.from(secret)),
})

export const sharedKeysSchema = z
  .array(sharedKey)
  .min(1, 'must hold a key')
  .max(MOST_KEYS)
  .superRefine((keys, { addIssue }) => {
    for (const [n, { id }] of keys.entries()) {
      if (keys.findIndex((key) => key.id === id) === n) continue
      addIssue({ code: 'custom', path: [n, 'id'], message: 'is the id of another key already' })
    }
  })
  .transform((keys): readonly SharedKey[] => keys)
