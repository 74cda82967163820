import { describe, expect, it } from 'vitest'
import { addressOf, type Route, routeOf } from '../../src/console/app/route.js'

const ROUTES: readonly Route[] = [
  { view: 'overview' },
  { view: 'actor', path: 'audit' },
  { view: 'actor', path: 'audit/clerk', at: 12 },
  { view: 'actor', path: 'a%20b/%3Cimg%3E', at: 0 },
  { view: 'actor', path: 'x/at/5' },
  { view: 'actor', path: 'x/at/5', at: 7 },
  { view: 'actor', path: 'at' },
  { view: 'actor', path: '~at/~~at' },
  { view: 'machines' },
  { view: 'machine', logic: 'cart@2/x' },
  { view: 'approvals' },
  { view: 'approvals', id: 'team/a#ask 1' },
  { view: 'deadLetters' },
  { view: 'budgets' },
  { view: 'links' },
  { view: 'timeline' },
  { view: 'conversations' },
  { view: 'conversation', id: 'audit/planner@3' },
]

describe('the addresses of views', () => {
  it('lead back to the view, whatever an actor is called', () => {
    for (const route of ROUTES) expect(routeOf(addressOf(route)), addressOf(route)).toEqual(route)
  })

  it('keep the slashes of an actor’s path', () => {
    expect(addressOf({ view: 'actor', path: 'audit/clerk', at: 12 })).toBe('actors/audit/clerk/at/12')
  })

  it('hold nothing that a browser would take for the way up, or for another host', () => {
    for (const path of ['javascript:alert(1)', '//evil.example', '?x', '#x', '%2e%2e/x'])
      expect(new URL(addressOf({ view: 'actor', path }), 'http://here/base/').href).toMatch(
        /^http:\/\/here\/base\/actors\//,
      )
  })

  it('that are none are told as such', () => {
    for (const address of ['nowhere', 'nowhere/x', 'actors/', 'actors', 'machines/']) {
      const { view } = routeOf(address)
      expect(['nowhere', 'machines'], address).toContain(view)
    }
    expect(routeOf('actors/%E0%A4%A')).toEqual({ view: 'actor', path: '%E0%A4%A', at: undefined })
  })
})
