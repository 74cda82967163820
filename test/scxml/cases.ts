import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A case of the SCXML test framework: a document, and what it must do. */
export interface ScxmlCase {
  /** `group/name`, as the framework's folders have it. */
  readonly id: string
  readonly source: string
  readonly script: Script
}

/** The framework's own format: the configuration at the start, and the one after each event. */
export interface Script {
  readonly initialConfiguration: readonly string[]
  readonly events: readonly {
    /** Milliseconds to let pass before the event is sent. */
    readonly after?: number
    readonly event: { readonly name: string }
    readonly nextConfiguration: readonly string[]
  }[]
}

const root = join(dirname(createRequire(import.meta.url).resolve('@scion-scxml/test-framework/package.json')), 'test')

/** Every case that the framework has a script for, in a stable order. */
export function allCases(): ScxmlCase[] {
  return readdirSync(root).sort().flatMap(casesOfGroup)
}

function casesOfGroup(group: string): ScxmlCase[] {
  const files = new Set(readdirSync(join(root, group)))
  const names = [...files].filter((file) => file.endsWith('.scxml')).map((file) => file.slice(0, -'.scxml'.length))
  return names
    .filter((name) => files.has(`${name}.json`))
    .sort()
    .map((name) => readCase(group, name))
}

function readCase(group: string, name: string): ScxmlCase {
  const read = (extension: string): string => readFileSync(join(root, group, `${name}.${extension}`), 'utf8')
  return {
    id: `${group}/${name.replace(/\.txml$/, '')}`,
    source: read('scxml'),
    script: JSON.parse(read('json')) as Script,
  }
}
