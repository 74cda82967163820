/**
 * TypeScript as the project is checked with it, for tests that ask whether some text compiles or what a module exports.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

function projectOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['src/index.ts'] }, ts.sys, root)
  return { ...options, noEmit: true }
}

/** A program over files of the project. */
export function programOf(paths: readonly string[]): ts.Program {
  return ts.createProgram({ rootNames: paths.map((path) => join(root, path)), options: projectOptions() })
}

/**
 * What the compiler says of `sources`, path to text: a program over files that exist nowhere but here. The paths are
 * relative to the project, so that the sources import what any file there could.
 */
export function problemsIn(sources: ReadonlyMap<string, string>): string[] {
  const files = new Map([...sources].map(([path, text]) => [join(root, path), text]))
  const folders = new Set([...files.keys()].map(dirname))
  const options = projectOptions()
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, directoryExists } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.directoryExists = (path) => folders.has(path) || (directoryExists?.(path) ?? false)
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host })
  return [...files.keys()].flatMap((path) => problemsOf(program, path))
}

function problemsOf(program: ts.Program, path: string): string[] {
  const source = program.getSourceFile(path)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(described)
}

function described({ file, start = 0, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined) return message
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${file.fileName.slice(root.length)}:${line + 1} ${message}`
}
