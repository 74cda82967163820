import { z } from 'zod'
import type { DeclaredPackage, Manifest } from './finding.js'

const UNDECLARED = z.undefined().catch(undefined)
const text = z.string().optional().catch(undefined)
const ranges = z.record(z.string(), z.string()).catch({})

/** `license` as a string, as npm's old `{ type }`, or as its older list `licenses`. */
const licenseName = z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type), UNDECLARED])
const licensed = { license: licenseName, licenses: z.array(licenseName).catch([]) }

const manifestSchema = z.object({
  name: text,
  version: text,
  ...licensed,
  dependencies: ranges,
  devDependencies: ranges,
  peerDependencies: ranges,
  optionalDependencies: ranges,
})

const lockedSchema = z.object({ name: text, version: text, ...licensed, link: z.boolean().catch(false) })

interface OldLocked {
  readonly version?: string | undefined
  readonly dependencies?: Record<string, OldLocked> | undefined
}
const oldLockedSchema: z.ZodType<OldLocked> = z.lazy(() =>
  z.object({ version: text, dependencies: z.record(z.string(), oldLockedSchema).optional().catch(undefined) }),
)

const lockSchema = z.object({
  packages: z.record(z.string(), z.unknown()).optional().catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

const GROUPS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const

/** What a package.json, package-lock.json or npm-shrinkwrap.json declares; null for any other file and for one that is no JSON object. */
export function readManifest(path: string, contents: string): Manifest | null {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name === 'package.json') return parse(contents, manifestOf)
  if (name === 'package-lock.json' || name === 'npm-shrinkwrap.json') return parse(contents, lockfileOf)
  return null
}

function parse(contents: string, decode: (json: unknown) => Manifest | null): Manifest | null {
  const json = jsonIn(contents)
  return json === undefined ? null : decode(json)
}

function jsonIn(contents: string): unknown {
  try {
    return JSON.parse(contents)
  } catch {
    // Where it doesn't parse is a finding of its own.
    return undefined
  }
}

function manifestOf(json: unknown): Manifest | null {
  const { success, data } = manifestSchema.safeParse(json)
  if (!success) return null
  const dependencies = GROUPS.flatMap((group) =>
    Object.entries(data[group]).map(([name, range]) => ({ name, range, group })),
  )
  // Nameless manifests ({ "type": "module" }) declare no package.
  const packages = data.name === undefined ? [] : [packageOf(data.name, data)]
  return { kind: 'manifest', packages, dependencies }
}

function lockfileOf(json: unknown): Manifest | null {
  const { success, data } = lockSchema.safeParse(json)
  if (!success) return null
  const packages = data.packages === undefined ? oldPackages(data.dependencies ?? {}) : lockedPackages(data.packages)
  return { kind: 'lockfile', packages: [...packages], dependencies: [] }
}

function* lockedPackages(entries: Record<string, unknown>): Iterable<DeclaredPackage> {
  for (const [path, entry] of Object.entries(entries)) {
    const { success, data } = lockedSchema.safeParse(entry)
    // '' is the project itself, a link leads to a workspace: both have manifests of their own.
    if (!success || data.link || !path.includes('node_modules/')) continue
    yield packageOf(data.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), data)
  }
}

/** Version 1 of the lock file nests packages, and names no licences. */
function* oldPackages(entries: Record<string, unknown>): Iterable<DeclaredPackage> {
  for (const [name, entry] of Object.entries(entries)) {
    const { success, data } = oldLockedSchema.safeParse(entry)
    if (!success) continue
    yield packageOf(name, { version: data.version })
    yield* oldPackages(data.dependencies ?? {})
  }
}

interface Declared {
  readonly version?: string | undefined
  readonly license?: string | undefined
  readonly licenses?: readonly (string | undefined)[]
}

function packageOf(name: string, { version, license, licenses = [] }: Declared): DeclaredPackage {
  const several = licenses.filter((each) => each !== undefined).join(' OR ')
  return { name, version: version ?? '', license: license ?? (several === '' ? null : several) }
}
