import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listFiles } from '../../../examples/01-audit/file-list.js'
import { temporaryFolder } from './temporary-folder.js'

async function listed(files: Record<string, string>): Promise<readonly string[]> {
  await using folder = await temporaryFolder(files)
  const list = await listFiles(folder.path)
  return list.files.filter((path) => !path.endsWith('.gitignore'))
}

describe('the list of files', () => {
  test('is sorted by code units and leaves out .git and the output of the audit itself', async () => {
    const files = {
      b: '',
      a: '',
      'B/x': '',
      é: '',
      '.git/config': '',
      'roscius-audit/report.md': '',
      'a-b/roscius-audit/x': '',
    }
    expect(await listed(files)).toEqual(['B/x', 'a', 'a-b/roscius-audit/x', 'b', 'é'])
  })

  test('leaves out what a .gitignore names, at any depth unless it is anchored', async () => {
    const files = {
      '.gitignore': '*.log\n/build\ndocs/out\n# c\n\n',
      'a.log': '',
      'x/a.log': '',
      'build/a': '',
      'x/build/a': '',
      'docs/out/a': '',
      'x/docs/out/a': '',
    }
    expect(await listed(files)).toEqual(['x/build/a', 'x/docs/out/a'])
  })

  test('applies a folder pattern to folders only', async () => {
    expect(await listed({ '.gitignore': 'out/\n', 'out/a': '', 'x/out': '' })).toEqual(['x/out'])
  })

  test('takes back what a negation names, but nothing inside an ignored folder', async () => {
    const files = {
      '.gitignore': '*.log\n!keep.log\ngone/\n!gone/keep.log\n',
      'a.log': '',
      'keep.log': '',
      'gone/keep.log': '',
    }
    expect(await listed(files)).toEqual(['keep.log'])
  })

  test('lets a deeper .gitignore win over a higher one, for its own folder only', async () => {
    const files = {
      '.gitignore': '*.log\nb/\n',
      'a/.gitignore': '!*.log\n!b/\n/local\n',
      'a/x.log': '',
      'a/b/y': '',
      'a/local': '',
      'a/c/local': '',
      'x.log': '',
      'b/y': '',
      local: '',
    }
    expect(await listed(files)).toEqual(['a/b/y', 'a/c/local', 'a/x.log', 'local'])
  })

  test('takes the name of a folder literally when it rebases its rules', async () => {
    const files = { '[a]*/.gitignore': 'x\n', '[a]*/x': '', 'a1/x': '', '[a]*/y': '' }
    expect(await listed(files)).toEqual(['[a]*/y', 'a1/x'])
  })

  test('tells upper from lower case', async () => {
    expect(await listed({ '.gitignore': 'Foo\n', Foo: '', bar: '', foo2: '' })).toEqual(['bar', 'foo2'])
  })

  test('copes with names of line breaks, quotes, leading dots and dashes', async () => {
    const names = ['a\nb', '..c', '-rf', "d'e", 'f"g', 'h\\i', ' j ', '#k', '!l', '[m', 'n*']
    const files = Object.fromEntries(names.map((name) => [name, '']))
    expect(new Set(await listed({ ...files, '.gitignore': 'zzz\n' }))).toEqual(new Set(names))
  })

  test('does not follow symbolic links, and says so', async () => {
    await using folder = await temporaryFolder({ 'a/x': '' })
    await symlink('..', join(folder.path, 'a/loop'))
    expect(await listFiles(folder.path)).toEqual({
      files: ['a/x'],
      links: ['a/loop'],
      unread: [],
    })
  })

  test('goes on when .gitignore is a folder', async () => {
    await using folder = await temporaryFolder({ x: '' })
    await mkdir(join(folder.path, '.gitignore'))
    expect((await listFiles(folder.path)).files).toEqual(['x'])
  })

  test('rejects when the folder itself is not there', async () => {
    await using folder = await temporaryFolder()
    await expect(listFiles(join(folder.path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
