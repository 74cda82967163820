import createIgnore, { type Ignore } from 'ignore'

/** Whether the rules leave out an entry; `path` is relative to the audited folder, a folder's ends with a slash. */
export interface IgnoreRules {
  isIgnored(path: string): boolean
  /** These rules with those of a deeper .gitignore added, which win where both speak. */
  with(folder: string, gitignore: string): IgnoreRules
}

/**
 * Rules like Git's: patterns of every .gitignore from the audited folder down, negation, folder patterns. Not read are
 * .gitignore files above the folder, .git/info/exclude and the user's global list.
 */
export function createIgnoreRules(patterns: readonly string[]): IgnoreRules {
  return rulesOf(createIgnore({ ignorecase: false }).add(patterns))
}

function rulesOf(ignore: Ignore): IgnoreRules {
  return {
    isIgnored: (path) => ignore.ignores(path),
    with(folder, gitignore) {
      const patterns = gitignore.split('\n').flatMap((line) => rebase(line, folder))
      return rulesOf(createIgnore({ ignorecase: false }).add(ignore).add(patterns))
    },
  }
}

/**
 * A line of `folder`'s .gitignore as a pattern of the audited folder's. One list of rules for all levels, rather than one a
 * level, because a deeper negation also decides for what lies inside the folder it takes back.
 */
function rebase(line: string, folder: string): readonly { readonly pattern: string }[] {
  const text = line.replace(/^\uFEFF/, '').replace(/\r$/, '')
  if (text.startsWith('#') || text.trim() === '') return []
  const sign = text.startsWith('!') ? '!' : ''
  const body = text.slice(sign.length)
  const isAnchored = body.replace(/\/\s*$/, '').includes('/')
  const prefix = folder === '' ? '' : `/${folder.replace(/[\\*?[\]!#\s]/g, '\\$&')}`
  const joint = isAnchored ? (body.startsWith('/') ? '' : '/') : '/**/'
  return [{ pattern: `${sign}${prefix}${joint}${body}` }]
}
