/** The codec of a store that no system has open. */
import { RosciusError } from '../../core/errors.js'
import { type Codec, createCodec } from '../../persistence/codec.js'
import { META, STRUCTURES } from '../../persistence/keys.js'
import { type Meta, STORE_FORMAT } from '../../persistence/records.js'
import type { Store } from '../../persistence/store.js'

/**
 * `values` is the store, decrypted. Throws `RECORD_CORRUPT` if what all records need can't be read, `RECORD_UNSUPPORTED` for a
 * store of a newer Roscius.
 */
export function storedCodec(values: Store): Codec {
  const codec = createCodec(values.get(STRUCTURES))
  const bytes = values.get(META)
  const { format } = bytes === undefined ? { format: STORE_FORMAT } : (codec.decode(bytes, META) as Meta)
  if (format <= STORE_FORMAT) return codec
  const message = `The store was written in format ${format}, this Roscius reads up to ${STORE_FORMAT}: upgrade Roscius.`
  throw new RosciusError('RECORD_UNSUPPORTED', message, { details: { format } })
}
