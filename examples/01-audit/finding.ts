/**
 * What the audit knows of one file. A finding is plain JSON, so that it is stored, restored and rendered alike: a report
 * made from restored findings is the report made from fresh ones.
 */

/** A TODO, FIXME or HACK in a comment; `line` counts from 1, `text` is the rest of that line, secrets masked. */
export interface MarkedComment {
  readonly line: number
  readonly mark: 'TODO' | 'FIXME' | 'HACK'
  readonly text: string
}

/** A string that looks like a secret; `masked` shows its first characters and its length, never the secret. */
export interface SecretFinding {
  readonly line: number
  readonly kind: string
  readonly masked: string
}

/** Where and why a JSON or YAML file does not parse; `line` and `column` count from 1. */
export interface SyntaxProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** A package that a manifest or lock file names; `license` is null where none is declared. */
export interface DeclaredPackage {
  readonly name: string
  readonly version: string
  readonly license: string | null
}

/** What a package.json or package-lock.json declares. */
export interface Manifest {
  readonly kind: 'manifest' | 'lockfile'
  /** The package itself (a manifest), or every package that is installed (a lock file). */
  readonly packages: readonly DeclaredPackage[]
  /** Direct dependencies with their version ranges; empty for a lock file. */
  readonly dependencies: readonly { readonly name: string; readonly range: string; readonly group: string }[]
}

/** A file that was read to its end. */
export interface ReadFile {
  readonly status: 'read'
  /** Relative to the audited folder, with forward slashes. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 of the contents, in hex. */
  readonly hash: string
  /** `largeText` is counted and hashed, but too long to be searched. */
  readonly contents: 'text' | 'largeText' | 'binary'
  readonly language: string
  /** 0 for a binary file. */
  readonly lines: number
  readonly comments: readonly MarkedComment[]
  readonly secrets: readonly SecretFinding[]
  readonly problem: SyntaxProblem | null
  readonly manifest: Manifest | null
  /** What kept the audit from searching all of it: binary, too long, too many finds. */
  readonly limits: readonly string[]
}

/** A file (or folder) that could not be read, and why. */
export interface UnreadFile {
  readonly status: 'unread'
  readonly path: string
  readonly reason: string
}

/** A file that was read, and then made an analyser throw each time it was tried. */
export interface PoisonFile {
  readonly status: 'poison'
  readonly path: string
  readonly bytes: number
  readonly hash: string
  /** What the analyser threw. */
  readonly error: string
}

export type FileFinding = ReadFile | UnreadFile | PoisonFile

/** The files of a folder that the audit reads, and what it leaves out although no rule ignores it. */
export interface FileList {
  readonly files: readonly string[]
  /** Symbolic links, which are not followed. */
  readonly links: readonly string[]
  readonly unread: readonly UnreadFile[]
}
