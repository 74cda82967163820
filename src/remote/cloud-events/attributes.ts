/**
 * The attributes of a CloudEvent, both ways: those of an envelope as JSON has them, and an envelope from what JSON has.
 *
 * 1. One schema stands at both doors, so that nothing is sent that would not be taken.
 * 2. Names that CloudEvents or its documented extensions define are used for what they mean there. The others begin with
 *    `roscius`, so that somebody else's `priority` is not taken for ours.
 * 3. An attribute that is not known is kept as it is, for whoever it is passed on to.
 */
import { z } from 'zod'
import { traceparentOf } from '../protocol/fields.js'
import type { EventEnvelope } from './event-envelope.js'
import { cloudEventInvalid } from './invalid.js'
import {
  clockText,
  isCloudString,
  isMediaType,
  isUri,
  isUriReference,
  readClock,
  readTime,
  timeText,
} from './text-forms.js'

export type Members = Readonly<Record<string, unknown>>
type Attributes = Omit<EventEnvelope, 'data'>

const string = z.string().refine(isCloudString, 'must have no control characters and no unpaired surrogates')
const text = string.min(1, 'must not be empty')
const int32 = z.int32('must be a whole number of 32 bits')
/** CloudEvents lets a number also be the text of one. */
const hops = z.preprocess((value) => (isDigits(value) ? Number(value) : value), z.number().int().min(0).max(255))
const time = readBy(readTime, 'must be a time as RFC 3339 has it')
const clock = readBy(readClock, 'must be the name of each node with its count: a=3,b=5')

const attributes = z
  .object({
    specversion: z.literal('1.0', 'must be "1.0"'),
    id: text,
    source: z.string().refine(isUriReference, 'must be a URI reference'),
    subject: text.optional(),
    type: text,
    time: time.optional(),
    datacontenttype: string.refine(isMediaType, 'must be a media type').optional(),
    dataschema: z.string().refine(isUri, 'must be a URI').optional(),
    correlationid: text.optional(),
    causationid: text.optional(),
    traceparent: z.string().refine(isTraceparent, 'must be a W3C traceparent').optional(),
    tracestate: text.optional(),
    expirytime: time.optional(),
    rosciushops: hops.optional(),
    rosciuspriority: z.enum(['high', 'normal', 'low']).optional(),
    rosciusclock: clock.optional(),
  })
  .catchall(z.union([string, int32, z.boolean()], 'must be a string, a boolean or a whole number of 32 bits'))
  .refine(({ traceparent, tracestate }) => traceparent !== undefined || tracestate === undefined, {
    path: ['traceparent'],
    message: 'must be there if tracestate is',
  })

/** Throws `CLOUD_EVENT_INVALID`. */
export function readAttributes(members: Members): Attributes {
  for (const name of Object.keys(members)) assertName(name)
  const result = attributes.safeParse(members)
  if (!result.success) {
    const { path, message } = result.error.issues[0]!
    throw cloudEventInvalid(path.join('.'), message)
  }
  return envelopeOf(result.data)
}

function envelopeOf(read: z.infer<typeof attributes>): Attributes {
  const { specversion: _, rosciushops, rosciuspriority, rosciusclock, ...rest } = read
  const known: Record<string, unknown> = { hops: rosciushops, priority: rosciuspriority, clock: rosciusclock }
  const extensions: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) (isOwn(name) ? known : extensions)[name] = value
  if (Object.keys(extensions).length > 0) known.extensions = extensions
  return withoutUndefined(known) as unknown as Attributes
}

/** Throws `CLOUD_EVENT_INVALID`. */
export function attributesOf(envelope: Attributes): Members {
  const { id, source, subject, type, time, hops, priority, clock, expirytime, extensions = {}, ...rest } = envelope
  const { datacontenttype, dataschema, correlationid, causationid, traceparent, tracestate } = rest
  for (const name of Object.keys(extensions))
    if (isOwn(name)) throw cloudEventInvalid(`extensions.${name}`, 'is a name of the envelope itself')
  const members = withoutUndefined({
    ...{ specversion: '1.0', id, source, subject, type, time: time === undefined ? undefined : timeText(time) },
    ...{ datacontenttype, dataschema, correlationid, causationid, traceparent, tracestate },
    expirytime: expirytime === undefined ? undefined : timeText(expirytime),
    rosciushops: hops,
    rosciuspriority: priority,
    rosciusclock: clock === undefined ? undefined : clockText(clock),
    ...extensions,
  })
  readAttributes(members)
  return members
}

/** Whether it is the name of an attribute that an envelope has a field for. */
const isOwn = (name: string): boolean => Object.hasOwn(attributes.shape, name)

/** `data` is no attribute, but kept apart by whoever calls. */
function assertName(name: string): void {
  if (!/^[a-z0-9]+$/.test(name) || name === 'data')
    throw cloudEventInvalid(name, 'is no name of an attribute: those are lower-case letters and digits')
}

function withoutUndefined(fields: Members): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function readBy<T>(read: (text: string) => T | undefined, problem: string) {
  return z.string(problem).transform((text, context) => {
    const value = read(text)
    if (value === undefined) context.addIssue(problem)
    return value as T
  })
}

function isDigits(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,3}$/.test(value)
}

function isTraceparent(value: string): boolean {
  try {
    return traceparentOf(value, 'traceparent') === value
  } catch {
    return false
  }
}
