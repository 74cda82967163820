/** `roscius completion bash|zsh|fish`: a script that makes the shell complete the commands. */
import { type Form, HELP_OPTION, runCommand } from '../command.js'
import { COMMAND_WORDS } from '../completion/command-words.js'
import { bashScript, fishScript, zshScript } from '../completion/completion-scripts.js'

const HELP = `Usage: roscius completion bash|zsh|fish

Prints what makes a shell complete the commands of roscius and their options:

  bash  source <(roscius completion bash)             in ~/.bashrc
  zsh   source <(roscius completion zsh)              in ~/.zshrc, after compinit
  fish  roscius completion fish | source              in ~/.config/fish/config.fish

Exit code: 0 printed, 2 there is none for that shell.
`

const FORM: Form<typeof HELP_OPTION> = { help: HELP, options: HELP_OPTION, words: [1, 1] }

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

export async function completionCommand(args: readonly string[]): Promise<number> {
  return runCommand(FORM, args, async ({ words: [shell = ''] }) => {
    if (!Object.hasOwn(SCRIPTS, shell)) return undefined
    process.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS](COMMAND_WORDS))
    return 0
  })
}
