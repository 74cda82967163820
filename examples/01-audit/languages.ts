/** How a language writes comments: openers that run to the end of the line, and pairs around a block. */
export interface CommentSyntax {
  readonly line: readonly string[]
  readonly block: readonly (readonly [open: string, close: string])[]
}

export interface Language {
  readonly name: string
  readonly comments: CommentSyntax
}

const NO_COMMENTS: CommentSyntax = { line: [], block: [] }
const C_LIKE: CommentSyntax = { line: ['//'], block: [['/*', '*/']] }
const CSS_LIKE: CommentSyntax = { line: [], block: [['/*', '*/']] }
const HASH: CommentSyntax = { line: ['#'], block: [] }
const MARKUP: CommentSyntax = { line: [], block: [['<!--', '-->']] }
const SQL_LIKE: CommentSyntax = { line: ['--'], block: [['/*', '*/']] }
const HASKELL_LIKE: CommentSyntax = { line: ['--'], block: [['{-', '-}']] }
const LISP_LIKE: CommentSyntax = { line: [';'], block: [] }
const PERCENT: CommentSyntax = { line: ['%'], block: [] }
const PHP_LIKE: CommentSyntax = { line: ['//', '#'], block: [['/*', '*/']] }
const COMPONENT: CommentSyntax = {
  line: ['//'],
  block: [
    ['/*', '*/'],
    ['<!--', '-->'],
  ],
}

/** One row a language: its name, its comments, and the extensions (or whole names) of its files. */
const TABLE: readonly (readonly [name: string, comments: CommentSyntax, files: string])[] = [
  ['TypeScript', C_LIKE, '.ts .mts .cts .tsx'],
  ['JavaScript', C_LIKE, '.js .mjs .cjs .jsx'],
  ['Vue', COMPONENT, '.vue'],
  ['Svelte', COMPONENT, '.svelte'],
  ['Astro', COMPONENT, '.astro'],
  ['CSS', CSS_LIKE, '.css'],
  ['Sass', C_LIKE, '.scss .sass .less'],
  ['HTML', MARKUP, '.html .htm .xhtml'],
  ['XML', MARKUP, '.xml .xsl .xsd .svg .plist .csproj'],
  ['Markdown', MARKUP, '.md .mdx .markdown'],
  ['JSON', NO_COMMENTS, '.json .webmanifest .map'],
  ['JSON with comments', C_LIKE, '.jsonc .json5 .code-workspace'],
  ['YAML', HASH, '.yaml .yml'],
  ['TOML', HASH, '.toml'],
  ['INI', { line: [';', '#'], block: [] }, '.ini .cfg .conf .properties .editorconfig .npmrc .gitconfig'],
  ['Environment', HASH, '.env'],
  ['Ignore list', HASH, '.gitignore .dockerignore .npmignore .eslintignore .prettierignore'],
  ['Python', HASH, '.py .pyi .pyw'],
  ['Ruby', HASH, '.rb .rake Gemfile Rakefile'],
  ['Perl', HASH, '.pl .pm'],
  ['R', HASH, '.r'],
  ['Elixir', HASH, '.ex .exs'],
  ['Shell', HASH, '.sh .bash .zsh .fish'],
  ['PowerShell', { line: ['#'], block: [['<#', '#>']] }, '.ps1 .psm1'],
  ['Dockerfile', HASH, '.dockerfile Dockerfile Containerfile'],
  ['Makefile', HASH, '.mk Makefile GNUmakefile'],
  ['CMake', HASH, '.cmake CMakeLists.txt'],
  ['Nix', { line: ['#'], block: [['/*', '*/']] }, '.nix'],
  ['Terraform', PHP_LIKE, '.tf .tfvars .hcl'],
  ['Go', C_LIKE, '.go'],
  ['Rust', C_LIKE, '.rs'],
  ['C', C_LIKE, '.c .h'],
  ['C++', C_LIKE, '.cc .cpp .cxx .hh .hpp .hxx'],
  ['C#', C_LIKE, '.cs'],
  ['Java', C_LIKE, '.java'],
  ['Kotlin', C_LIKE, '.kt .kts'],
  ['Scala', C_LIKE, '.scala .sbt'],
  ['Swift', C_LIKE, '.swift'],
  ['Dart', C_LIKE, '.dart'],
  ['Zig', { line: ['//'], block: [] }, '.zig'],
  ['Protocol Buffers', C_LIKE, '.proto'],
  ['GraphQL', HASH, '.graphql .gql'],
  ['PHP', PHP_LIKE, '.php'],
  ['SQL', SQL_LIKE, '.sql'],
  ['Lua', { line: ['--'], block: [['--[[', ']]']] }, '.lua'],
  ['Haskell', HASKELL_LIKE, '.hs'],
  ['Elm', HASKELL_LIKE, '.elm'],
  ['Erlang', PERCENT, '.erl .hrl'],
  ['TeX', PERCENT, '.tex .sty'],
  ['Clojure', LISP_LIKE, '.clj .cljs .cljc .edn'],
  ['Lisp', LISP_LIKE, '.lisp .el .scm'],
  ['CSV', NO_COMMENTS, '.csv .tsv'],
  ['Text', NO_COMMENTS, '.txt .log LICENSE LICENCE NOTICE README CHANGELOG'],
]

const OTHER: Language = { name: 'Other', comments: NO_COMMENTS }

const BY_FILE: ReadonlyMap<string, Language> = new Map(
  TABLE.flatMap(([name, comments, files]) =>
    files.split(' ').map((file) => [file.toLowerCase(), { name, comments }] as const),
  ),
)

/** The language of a file, told by its whole name, else by its extension; `Other` where the table knows neither. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const whole = BY_FILE.get(name)
  if (whole !== undefined) return whole
  if (name.startsWith('.env.')) return BY_FILE.get('.env') ?? OTHER
  const dot = name.lastIndexOf('.')
  return (dot === -1 ? undefined : BY_FILE.get(name.slice(dot))) ?? OTHER
}
