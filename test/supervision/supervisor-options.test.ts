import { describe, expect, test } from 'vitest'
import { isRosciusError } from '../../src/core/errors.js'
import {
  DEFAULT_AUTO_SHUTDOWN,
  DEFAULT_STRATEGY,
  readSupervisorOptions,
} from '../../src/supervision/supervisor-options.js'

const child = { id: 'a', logic: 'worker' }
const significant = { ...child, restart: 'transient', significant: true }

function refusedField(options: unknown): unknown {
  try {
    readSupervisorOptions(options)
  } catch (error) {
    return isRosciusError(error, 'OPTIONS_INVALID') ? error.details.field : error
  }
  return undefined
}

describe('supervisor({...})', () => {
  test('has a default for everything', () => {
    expect(readSupervisorOptions({})).toEqual({
      strategy: 'oneForOne',
      intensity: { maxRestarts: 3, withinMs: 5_000 },
      autoShutdown: 'never',
      children: [],
      directives: {},
    })
  })

  test('names the defaults of its choices', () => {
    const { strategy, autoShutdown } = readSupervisorOptions({})
    expect({ strategy, autoShutdown }).toEqual({ strategy: DEFAULT_STRATEGY, autoShutdown: DEFAULT_AUTO_SHUTDOWN })
  })

  test('reads its children in their order, and its template', () => {
    const read = readSupervisorOptions({
      children: [{ ...child, id: 'b' }, child],
      template: { logic: 'worker', restart: 'temporary' },
    })
    expect(read.children.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(read.template).toEqual({ logic: 'worker', restart: 'temporary', significant: false })
  })

  test.each<[field: string, options: unknown]>([
    ['supervisor', undefined],
    ['supervisor.strategy', { strategy: 'one_for_one' }],
    ['supervisor.intensity.maxRestarts', { intensity: { maxRestarts: 1.5 } }],
    ['supervisor.intensity.period', { intensity: { period: 5 } }],
    ['supervisor.autoShutdown', { autoShutdown: 'always' }],
    ['supervisor.children', { children: { a: child } }],
    ['supervisor.children.1.logic', { children: [child, { id: 'b' }] }],
    ['supervisor.children.0.backoff.maxMs', { children: [{ ...child, backoff: { maxMs: -1 } }] }],
    ['supervisor.children.2.id', { children: [child, { ...child, id: 'b' }, child] }],
    ['supervisor.template.id', { template: child }],
    ['supervisor.template.input', { template: { logic: 'worker', input: 1 } }],
    ['supervisor.template.significant', { template: { logic: 'worker', significant: true } }],
    ['supervisor.classify', { classify: {} }],
    ['supervisor.directives.transient', { directives: { transient: 'retry' } }],
    ['supervisor.maxRestarts', { maxRestarts: 3 }],
  ])('refuses %s in %o', (field, options) => {
    expect(refusedField(options)).toBe(field)
  })

  test('refuses a significant child whose end ends nothing, as OTP does', () => {
    const { id, ...template } = significant
    expect(refusedField({ children: [{ ...child, id: 'b' }, significant] })).toBe('supervisor.children.1.significant')
    expect(refusedField({ template })).toBe('supervisor.template.significant')
    expect(refusedField({ autoShutdown: 'anySignificant', children: [significant], template })).toBeUndefined()
  })
})
