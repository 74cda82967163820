/** Completion scripts of shells, made from the words of the command line. Pure. */
import type { CommandWords } from './command-words.js'

type Words = Readonly<Record<string, CommandWords>>

/** Each of them, with its name. */
const all = (words: Words): readonly (readonly [name: string, words: CommandWords])[] => Object.entries(words)
const optionsOf = ({ options }: CommandWords): readonly string[] => Object.keys(options).map((name) => `--${name}`)

/** Options with a few values, and those. */
function choices({ options }: CommandWords): readonly (readonly [option: string, values: readonly string[]])[] {
  return Object.entries(options).flatMap(([name, values]) =>
    values === undefined || values.length === 0 ? [] : [[`--${name}`, values] as const],
  )
}

/** Options with any value. */
function open({ options }: CommandWords): readonly string[] {
  return Object.entries(options).flatMap(([name, values]) => (values?.length === 0 ? [`--${name}`] : []))
}

// --- bash ---

export function bashScript(words: Words): string {
  return `# Completion of roscius in bash: source <(roscius completion bash)
_roscius() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}"
  local options='' first='' kind='-d'
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '${Object.keys(words).join(' ')} --help' -- "$current"))
    return
  fi
  case "$command $previous" in
${all(words).flatMap(bashChoices).join('\n')}
  esac
  case "$command" in
${all(words).map(bashCase).join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  (( COMP_CWORD == 2 )) && COMPREPLY=($(compgen -W "$first" -- "$current"))
  [[ -n $kind ]] && COMPREPLY+=($(compgen "$kind" -- "$current"))
}
complete -o filenames -F _roscius roscius
`
}

function bashChoices([name, words]: readonly [string, CommandWords]): readonly string[] {
  const given = choices(words).map(
    ([option, values]) =>
      `    '${name} ${option}') COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`,
  )
  const any = open(words).map((option) => `'${name} ${option}'`)
  return any.length === 0 ? given : [...given, `    ${any.join(' | ')}) return ;;`]
}

function bashCase([name, words]: readonly [string, CommandWords]): string {
  const { verbs = [], first } = words
  const kind = first === 'shell' ? " kind=''" : first === 'file' ? " kind='-f'" : ''
  return `    ${name}) options='${optionsOf(words).join(' ')}' first='${verbs.join(' ')}'${kind} ;;`
}

// --- zsh ---

export function zshScript(words: Words): string {
  return `#compdef roscius
# Completion of roscius in zsh: source <(roscius completion zsh)
_roscius() {
  local -a commands
  commands=(
${all(words)
  .map(([name, { about }]) => `    ${quoted(`${name}:${about}`)}`)
  .join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "$words[2]" in
${all(words).map(zshCase).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _roscius "$@"
else
  compdef _roscius roscius
fi
`
}

function zshCase([name, words]: readonly [string, CommandWords]): string {
  const { verbs = [], first, options } = words
  const given = Object.entries(options).map(([option, values]) => {
    const value = values === undefined ? '' : values.length === 0 ? ':value: ' : `:value:(${values.join(' ')})`
    return quoted(`--${option}[${option}]${value}`)
  })
  const named = verbs.length === 0 ? [] : [quoted(`1:verb:(${verbs.join(' ')})`)]
  const places = first === 'shell' ? [] : [quoted(first === 'file' ? '*:file:_files' : '*:folder:_files -/')]
  const shifted = '(( CURRENT-- )); shift words;'
  return `    ${name}) ${shifted} _arguments ${[...given, ...named, ...places].join(' ')} ;;`
}

// --- fish ---

export function fishScript(words: Words): string {
  const commands = all(words).map(
    ([name, { about }]) => `complete -c roscius -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
  )
  return `# Completion of roscius in fish: roscius completion fish | source
${[...commands, ...all(words).flatMap(fishLines)].join('\n')}
`
}

function fishLines([name, { verbs = [], first, options }]: readonly [string, CommandWords]): readonly string[] {
  const within = `complete -c roscius -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
  const given = Object.entries(options).map(([option, values]) => {
    const value = values === undefined ? '' : values.length === 0 ? ' -x' : ` -x -a ${quoted(values.join(' '))}`
    return `${within} -l ${option}${value}`
  })
  const named = verbs.length === 0 ? [] : [`${within} -f -a ${quoted(verbs.join(' '))}`]
  const places =
    first === 'shell' ? [] : first === 'file' ? [`${within} -F`] : [`${within} -f -a '(__fish_complete_directories)'`]
  return [...named, ...given, ...places]
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
