/**
 * What a decoder may do with bytes, whatever they are.
 *
 * 1. It answers a frame, or throws a `ProtocolError` with a code of the protocol and a short text of this node's own words.
 * 2. Before anything is made it looks at each byte a bounded number of times; what it makes is bounded by the bytes, too.
 * 3. A frame is of plain values: nothing has a prototype but that of its kind, nothing is named `__proto__`.
 */
import { FRAME_KINDS, type Frame } from '../../../../src/remote/protocol/frames.js'
import { isProtocolCode, ProtocolError } from '../../../../src/remote/protocol/protocol-error.js'

export interface Decoder {
  decode(bytes: Uint8Array): Frame
}

export class Breach extends Error {
  constructor(
    readonly invariant: 'crash' | 'hang' | 'growth' | 'text' | 'frame',
    message: string,
  ) {
    super(message)
  }
}

/** How often the scanner may look at a byte, and what it may look at besides. */
const LOOKS = { perByte: 6, beside: 64 }
const LONGEST_TEXT = 300
/** Of a frame's elements and kinds: values that stand for no bytes of their own. */
const VALUES_BESIDE = 64
const PROTOTYPES: ReadonlySet<unknown> = new Set(
  [Object, Array, Buffer, Map, Set, Date, RegExp, ArrayBuffer, DataView]
    .map((Class): unknown => Class.prototype)
    .concat(
      [
        ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
        ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
        ...[Error, TypeError, RangeError, SyntaxError, EvalError, ReferenceError, URIError, AggregateError],
      ].map((Class): unknown => Class.prototype),
    ),
)

/** The frame, or the refusal. Throws a `Breach` where the decoder does neither, or too much. */
export function answerOf(decoder: Decoder, bytes: Uint8Array, isCounted = false): Frame | ProtocolError {
  const answer = attempt(decoder, isCounted ? counted(bytes) : bytes)
  if (answer instanceof ProtocolError) checkError(answer)
  else checkFrame(answer, bytes.length)
  return answer
}

function attempt(decoder: Decoder, bytes: Uint8Array): Frame | ProtocolError {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof Breach) return rethrown(error)
    throw new Breach('crash', `It threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function rethrown(error: ProtocolError | Breach): ProtocolError {
  if (error instanceof Breach) throw error
  return error
}

function checkError({ code, message, at }: ProtocolError): void {
  if (!isProtocolCode(code)) throw new Breach('text', `The code ${String(code)} is none of the protocol.`)
  if (message.length + at.length > LONGEST_TEXT || !/^[ -~]*$/.test(message + at))
    throw new Breach('text', `A refusal says what the peer wrote: ${JSON.stringify(message)}`)
}

function checkFrame(frame: Frame, length: number): void {
  if (!FRAME_KINDS.includes(frame?.kind)) throw new Breach('frame', `There is no frame ${String(frame?.kind)}.`)
  const size = sizeOf(frame)
  if (size > 2 * length + VALUES_BESIDE)
    throw new Breach('growth', `${length} bytes have become ${size} values and characters.`)
}

/** Values, and characters and bytes in them. Walks without recursion: a frame may be deep. */
function sizeOf(frame: Frame): number {
  const waiting: unknown[] = [frame]
  let size = 0
  while (waiting.length > 0) {
    const value = waiting.pop()
    size += 1
    if (typeof value === 'string') size += value.length
    if (typeof value !== 'object' || value === null) continue
    if (!PROTOTYPES.has(Object.getPrototypeOf(value))) throw new Breach('frame', 'It has made an object of a class.')
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) size += value.byteLength
    else waiting.push(...partsOf(value))
  }
  return size
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat()
  if (value instanceof Set) return [...value]
  if (value instanceof RegExp || value instanceof Date) return []
  if (Object.hasOwn(value, '__proto__')) throw new Breach('frame', 'It has made a key __proto__.')
  return Object.values(value)
}

/** The same bytes, each look at which is counted: a decoder that looks too often is ended, even in an endless loop. */
function counted(bytes: Uint8Array): Uint8Array {
  let looks = 0
  const most = LOOKS.perByte * bytes.length + LOOKS.beside
  return new Proxy(bytes, {
    get(target, key) {
      if (++looks > most) throw new Breach('hang', `${bytes.length} bytes were looked at ${looks} times.`)
      return Reflect.get(target, key, target) as unknown
    },
  })
}
