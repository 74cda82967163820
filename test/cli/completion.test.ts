import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { approvalsCommand } from '../../src/cli/commands/approvals.js'
import { auditCommand } from '../../src/cli/commands/audit.js'
import { checkCommand } from '../../src/cli/commands/check.js'
import { completionCommand } from '../../src/cli/commands/completion.js'
import { coverageCommand } from '../../src/cli/commands/coverage.js'
import { deadlettersCommand } from '../../src/cli/commands/deadletters.js'
import { diffCommand } from '../../src/cli/commands/diff.js'
import { explainCommand } from '../../src/cli/commands/explain.js'
import { inspectCommand } from '../../src/cli/commands/inspect.js'
import { journalCommand } from '../../src/cli/commands/journal.js'
import { orderCommand } from '../../src/cli/commands/orders.js'
import { peersCommand } from '../../src/cli/commands/peers.js'
import { psCommand } from '../../src/cli/commands/ps.js'
import { sendCommand } from '../../src/cli/commands/send.js'
import { showCommand } from '../../src/cli/commands/show.js'
import { tailCommand } from '../../src/cli/commands/tail.js'
import { topCommand } from '../../src/cli/commands/top.js'
import { treeCommand } from '../../src/cli/commands/tree.js'
import { verifyCommand } from '../../src/cli/commands/verify.js'
import { vizCommand } from '../../src/cli/commands/viz.js'
import { COMMAND_WORDS } from '../../src/cli/completion/command-words.js'
import { commandLine } from '../support/command-line.js'
import { root } from '../support/compile.js'
import { provide } from '../support/debian.js'

const cli = commandLine('completion')

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  approvals: approvalsCommand,
  audit: auditCommand,
  cancel: orderCommand('cancel'),
  check: checkCommand,
  completion: completionCommand,
  coverage: coverageCommand,
  deadletters: deadlettersCommand,
  diff: diffCommand,
  explain: explainCommand,
  inspect: inspectCommand,
  journal: journalCommand,
  pause: orderCommand('pause'),
  peers: peersCommand,
  ps: psCommand,
  restart: orderCommand('restart'),
  resume: orderCommand('resume'),
  send: sendCommand,
  show: showCommand,
  tail: tailCommand,
  top: topCommand,
  tree: treeCommand,
  verify: verifyCommand,
  viz: vizCommand,
}

/** A shell with which a script is tried out. Where it is missing the test is left out and says so; with `CI` set it fails. */
function needs(shell: string): { readonly isMissing: boolean; readonly name: string } {
  const isThere = provide(shell, () => hasShell(shell))
  const isMissing = !isThere && process.env.CI === undefined
  return { isMissing, name: isThere ? shell : `${shell} (install the package ${shell})` }
}

const hasShell = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

async function script(shell: string): Promise<string> {
  cli.clear()
  expect(await completionCommand([shell])).toBe(0)
  return cli.output
}

async function scriptFile(shell: string): Promise<string> {
  const file = join(cli.folder, `completion.${shell}`)
  writeFileSync(file, await script(shell))
  return file
}

const UTF8 = { encoding: 'utf8', timeout: 30_000 } as const

/** Types the second argument, a tab and a return at a zsh with the script that is the first, and prints what it has run. */
const AT_A_ZSH = `
zmodload zsh/zpty
zpty typed zsh -f -i
zpty -w typed "autoload -Uz compinit; compinit -u -D; source $1"
zpty -w typed 'roscius() { print -r -- "<$*>" }'
zpty -w -n typed "$2"$'\\t\\n'
while zpty -r typed line; do
  [[ $line == '<'*'>'* ]] && { print -r -- "\${\${line#<}%%>*}"; break }
done
zpty -d typed
`

/** What bash would offer, the cursor standing behind the last word. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ')
  const asked = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _roscius; printf '%s\\n' "\${COMPREPLY[@]}"`
  const text = execFileSync('bash', ['-c', `${await script('bash')}\n${asked}`], { cwd: cli.folder, encoding: 'utf8' })
  return text.split('\n').filter((word) => word !== '')
}

describe('the words of the command line', () => {
  it('are those of the commands that there are', () => {
    const main = readFileSync(join(root, 'src/cli/main.ts'), 'utf8')
    const [, table = ''] = /const COMMANDS[^{]*\{\n([^}]*)\}/.exec(main) ?? []
    const names = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name)
    expect(Object.keys(COMMAND_WORDS)).toEqual(names)
    for (const [name, { about }] of Object.entries(COMMAND_WORDS)) expect(main, name).toContain(about)
  })

  it('have each option that the command explains', async () => {
    expect(Object.keys(COMMANDS)).toEqual(Object.keys(COMMAND_WORDS))
    for (const [name, command] of Object.entries(COMMANDS)) {
      cli.clear()
      expect(await command(['--help'])).toBe(0)
      // Of lines that explain one, and of lines that show how it is called.
      const lines = cli.output.split('\n').filter((line) => /^(Usage:| {7}roscius| {2}-)/.test(line))
      const explained = new Set(lines.flatMap((line) => line.match(/(?<=^ {2}|[[| ]|, )--[a-z-]+/g) ?? []))
      const known = Object.keys(COMMAND_WORDS[name]?.options ?? {}).map((option) => `--${option}`)
      expect(
        [...explained].filter((option) => !known.includes(option)),
        name,
      ).toEqual([])
      expect(
        known.filter((option) => option !== '--help' && !explained.has(option)),
        name,
      ).toEqual([])
    }
  })
})

describe('roscius completion', () => {
  it.runIf(hasShell('bash'))('prints a script that bash takes, and completes with', async () => {
    const read = spawnSync('bash', ['-n'], { input: await script('bash'), encoding: 'utf8' })
    expect([read.status, read.stderr]).toEqual([0, ''])
    expect(await offered('roscius', 'pa')).toEqual(['pause'])
    expect(await offered('roscius', 'ps', '--st')).toEqual(['--status'])
    expect(await offered('roscius', 'ps', '--status', 're')).toEqual(['restarting'])
    expect(await offered('roscius', 'deadletters', 'ret')).toEqual(['retry'])
    expect(await offered('roscius', 'ps', '--search', 'x')).toEqual([])
    expect(await offered('roscius', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  // Left out only where a shell is missing and may not be installed, never with `CI` set: see `needs`.
  const zsh = needs('zsh')
  it.skipIf(zsh.isMissing)(`prints a script that ${zsh.name} takes, and completes with`, async () => {
    const file = await scriptFile('zsh')
    const completed = (typed: string): string => execFileSync('zsh', ['-f', '-c', AT_A_ZSH, 'zsh', file, typed], UTF8)
    expect(completed('roscius pau')).toBe('pause\n')
    expect(completed('roscius ps --status restart')).toBe('ps --status restarting\n')
    expect(completed('roscius deadletters retr')).toBe('deadletters retry\n')
  })

  const fish = needs('fish')
  it.skipIf(fish.isMissing)(`prints a script that ${fish.name} takes, and completes with`, async () => {
    const file = await scriptFile('fish')
    const offeredBy = (line: string): string[] => {
      const text = execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], UTF8)
      return text.split('\n').flatMap((offer) => offer.split('\t')[0] || [])
    }
    expect(offeredBy('roscius pa')).toEqual(['pause'])
    expect(offeredBy('roscius ps --status re')).toEqual(['restarting'])
    expect(offeredBy('roscius deadletters ret')).toEqual(['retry'])
    expect(offeredBy('roscius completion ')).toEqual(['bash', 'fish', 'zsh'])
  })

  it('prints scripts for zsh and fish that know every command and option', async () => {
    for (const shell of ['zsh', 'fish']) {
      const text = await script(shell)
      for (const [name, { options }] of Object.entries(COMMAND_WORDS)) {
        expect(text).toContain(name)
        for (const option of Object.keys(options)) expect(text).toMatch(new RegExp(`(--|-l )${option}\\b`))
      }
      // Each line by itself: no quote is left open.
      for (const line of text.split('\n')) expect((line.match(/'/g) ?? []).length % 2).toBe(0)
    }
  })

  it('knows no other shell', async () => {
    expect(await completionCommand(['tcsh'])).toBe(2)
    expect(await completionCommand([])).toBe(2)
    expect(await completionCommand(['__proto__'])).toBe(2)
  })
})
