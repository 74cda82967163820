/**
 * What CloudEvents 1.0.2 and its JSON format demand of an event, written down from their texts and not from our code: spec.md
 * ("Context Attributes", "Type System"), formats/json-format.md, extensions/{distributed-tracing,expirytime,correlation}.md of
 * https://github.com/cloudevents/spec. Answers what is broken.
 */
type Rule = readonly [name: string, holds: (event: Readonly<Record<string, unknown>>) => boolean]

const CORE = ['id', 'source', 'specversion', 'type', 'datacontenttype', 'dataschema', 'subject', 'time']
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isUnsetOr = (holds: (value: unknown) => boolean, value: unknown): boolean => value === undefined || holds(value)
const isTimestamp = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)
const isInt32 = (value: unknown): boolean => typeof value === 'number' && (value | 0) === value

const attributesOf = (event: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(event).filter(([name]) => name !== 'data' && name !== 'data_base64')

const RULES: readonly Rule[] = [
  [
    'the required attributes are there',
    (e) => ['id', 'source', 'specversion', 'type'].every((name) => isText(e[name])),
  ],
  ['the version is 1.0', (e) => e.specversion === '1.0'],
  ['source is a URI reference', (e) => URL.canParse(String(e.source), 'http://example.org')],
  ['dataschema is a URI', (e) => isUnsetOr((value) => URL.canParse(String(value)), e.dataschema)],
  ['subject is not empty', (e) => isUnsetOr(isText, e.subject)],
  ['time is of RFC 3339', (e) => isUnsetOr(isTimestamp, e.time)],
  ['expirytime is of RFC 3339', (e) => isUnsetOr(isTimestamp, e.expirytime)],
  ['correlationid is not empty', (e) => isUnsetOr(isText, e.correlationid)],
  ['causationid is not empty', (e) => isUnsetOr(isText, e.causationid)],
  [
    'the content type is a media type',
    (e) => isUnsetOr((value) => /^[^/\s]+\/[^/\s]+/.test(String(value)), e.datacontenttype),
  ],
  [
    'core attributes are strings',
    (e) => CORE.every((name) => isUnsetOr((value) => typeof value === 'string', e[name])),
  ],
  ['names are lower-case letters and digits', (e) => attributesOf(e).every(([name]) => /^[a-z0-9]+$/.test(name))],
  ['names have at most 20 characters', (e) => attributesOf(e).every(([name]) => name.length <= 20)],
  [
    'attributes are strings, booleans or integers of 32 bits',
    (e) => attributesOf(e).every(([, value]) => ['string', 'boolean'].includes(typeof value) || isInt32(value)),
  ],
  [
    'strings have no control characters and no lone surrogates',
    (e) => attributesOf(e).every(([, value]) => !/[\p{Cc}\p{Cs}]/u.test(String(value))),
  ],
  ['data is there once', (e) => !('data' in e && 'data_base64' in e)],
  ['bytes are Base64', (e) => isUnsetOr((value) => btoa(atob(String(value))) === value, e.data_base64)],
]

export function brokenRules(event: object): string[] {
  const members = event as Readonly<Record<string, unknown>>
  return RULES.filter(([, holds]) => !holds(members)).map(([name]) => name)
}
