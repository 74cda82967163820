import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../../support/build.js'
import { approvals, hasPrinted, readsOf, startAtTerminal, startAudit } from './audit-process.js'
import { temporaryFolder } from './temporary-folder.js'

const PROMPT = 'Write it? [y/N]'
const WAITING = 'Waiting for a decision.'

async function folders() {
  // A comment for the audit to find: its report counts what is marked as left open.
  const folder = await temporaryFolder({ 'a.ts': '// TODO a\n', 'b.json': '{' })
  const notes = await temporaryFolder({ log: '' })
  return {
    root: folder.path,
    log: join(notes.path, 'log'),
    store: join(folder.path, 'roscius-audit/.store'),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]()
      await notes[Symbol.asyncDispose]()
    },
  }
}

async function runOf(root: string) {
  return JSON.parse(await readFile(join(root, 'roscius-audit/run.json'), 'utf8'))
}

async function pendingIn(store: string): Promise<readonly { readonly id: string; readonly code: string }[]> {
  return JSON.parse((await approvals('list', store, '--json')).stdout).approvals
}

function expectReadOnce(log: string): void {
  expect(
    readsOf(log)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['a.ts', 'b.json'])
}

beforeAll(() => build())

// The terminal comes from script(1) of util-linux: other systems have another one, or none.
describe.skipIf(process.platform !== 'linux')('at a terminal, the audit', () => {
  test('asks before it writes, and writes after a yes', async () => {
    await using at = await folders()
    const audit = startAtTerminal([at.root])
    expect(await hasPrinted(audit, PROMPT)).toBe(true)
    expect(audit.output.stdout).toContain('report.md and report.json into roscius-audit')
    expect(audit.output.stdout).toMatch(/about +2 files/)
    expect(existsSync(join(at.root, 'roscius-audit/report.md'))).toBe(false)
    audit.child.stdin?.write('y\n')
    expect(await audit.ended).toMatchObject({ code: 0 })
    expect(existsSync(join(at.root, 'roscius-audit/report.md'))).toBe(true)
    expect((await runOf(at.root)).approval).toEqual({ by: userInfo().username, reason: 'answered at the terminal' })
  })

  test('writes nothing after a no, keeps what was found, and asks again at the next start', async () => {
    await using at = await folders()
    const audit = startAtTerminal([at.root], at.log)
    expect(await hasPrinted(audit, PROMPT)).toBe(true)
    audit.child.stdin?.write('n\n')
    const { code, stdout } = await audit.ended
    expect([code, existsSync(join(at.root, 'roscius-audit/report.md'))]).toEqual([1, false])
    expect(stdout).toContain('The report was not written: writeReport was denied by')

    const again = startAtTerminal([at.root], at.log)
    expect(await hasPrinted(again, PROMPT)).toBe(true)
    again.child.stdin?.write('yes\n')
    expect(await again.ended).toMatchObject({ code: 0 })
    expectReadOnce(at.log)
  })

  test('asks the same question again after a kill, and reads nothing again', async () => {
    await using at = await folders()
    const audit = startAtTerminal([at.root], at.log)
    expect(await hasPrinted(audit, PROMPT)).toBe(true)
    process.kill(Number(readsOf(at.log)[0]?.pid), 'SIGKILL')
    await audit.ended
    const [question] = await pendingIn(at.store)
    expect(question?.code).toEqual(expect.any(String))

    const again = startAtTerminal([at.root], at.log)
    expect(await hasPrinted(again, PROMPT)).toBe(true)
    expect(again.output.stdout).toContain(`.store ${question?.code}`)
    again.child.stdin?.write('y\n')
    expect(await again.ended).toMatchObject({ code: 0 })
    expectReadOnce(at.log)
  })

  test('leaves the question open when its user goes away', async () => {
    await using at = await folders()
    const audit = startAtTerminal([at.root])
    expect(await hasPrinted(audit, PROMPT)).toBe(true)
    audit.child.stdin?.write('\u0004')
    expect((await audit.ended).stdout).toContain('Nobody has answered. The question stays open')
    expect(await pendingIn(at.store)).toHaveLength(1)
  })

  test('goes on when somebody decides elsewhere', async () => {
    await using at = await folders()
    const audit = startAtTerminal([at.root])
    expect(await hasPrinted(audit, PROMPT)).toBe(true)
    expect(await approvals('approve', at.store, '--all', '--by', 'ada')).toMatchObject({ code: 0 })
    expect(await audit.ended).toMatchObject({ code: 0 })
    expect((await runOf(at.root)).approval).toEqual({ by: 'ada' })
  })
})

describe('without a terminal, the audit', () => {
  test('writes the report for whoever has started it, and says so', async () => {
    await using at = await folders()
    const { code, stderr } = await startAudit([at.root]).ended
    expect(code).toBe(0)
    expect(stderr).toContain('There is no terminal to ask at, so the report is written.')
    expect((await runOf(at.root)).approval).toEqual({ by: 'the start without a terminal' })
  })

  test('does not speak of it with --yes', async () => {
    await using at = await folders()
    const { code, stderr } = await startAudit(['--yes', at.root]).ended
    expect([code, stderr.includes('terminal')]).toEqual([0, false])
    expect((await runOf(at.root)).approval).toEqual({ by: 'the option --yes' })
  })

  test('waits for `roscius approvals` with --ask: a yes', async () => {
    await using at = await folders()
    const audit = startAudit(['--ask', at.root])
    expect(await hasPrinted(audit, WAITING)).toBe(true)
    expect(await approvals('approve', at.store, '--all', '--by', 'ada')).toMatchObject({ code: 0 })
    expect(await audit.ended).toMatchObject({ code: 0 })
    expect((await runOf(at.root)).approval).toEqual({ by: 'ada' })
  })

  test('waits for `roscius approvals` with --ask: a no', async () => {
    await using at = await folders()
    const audit = startAudit(['--ask', at.root])
    expect(await hasPrinted(audit, WAITING)).toBe(true)
    expect(await approvals('deny', at.store, '--all', '--by', 'ada', '--reason', 'not now')).toMatchObject({ code: 0 })
    expect(await audit.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('denied by ada: not now.') })
    expect(existsSync(join(at.root, 'roscius-audit/report.md'))).toBe(false)
  })

  test('shows what whoever decided has said without obeying it', async () => {
    await using at = await folders()
    const audit = startAudit(['--ask', at.root])
    expect(await hasPrinted(audit, WAITING)).toBe(true)
    const deny = ['deny', at.store, '--all', '--reason', '\u001b]0;hello\u0007no']
    const refused = await approvals(...deny, '--by', 'a\u001b[2Jda')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--by: must be a name in one line') })
    expect(await approvals(...deny, '--by', 'ada')).toMatchObject({ code: 0 })
    const { stderr } = await audit.ended
    expect(stderr).toContain('denied by ada: \\u{1b}]0;hello\\u{7}no.')
    expect(stderr).not.toContain('\u001b')
  })

  test('asks the same question after a kill, reads nothing again, and takes a yes that was given in between', async () => {
    await using at = await folders()
    const killed: (readonly { readonly id: string }[])[] = []
    for (let kill = 0; kill < 3; kill += 1) {
      const audit = startAudit(['--ask', at.root], at.log)
      expect(await hasPrinted(audit, WAITING)).toBe(true)
      audit.child.kill('SIGKILL')
      await audit.ended
      killed.push(await pendingIn(at.store))
    }
    const ids = killed.map((pending) => pending.map(({ id }) => id))
    expect(ids[0]).toHaveLength(1)
    expect(ids).toEqual([ids[0], ids[0], ids[0]])
    expect(await approvals('approve', at.store, '--all', '--by', 'ada')).toMatchObject({ code: 0 })
    expect(await startAudit(['--ask', at.root], at.log).ended).toMatchObject({ code: 0 })
    expect((await runOf(at.root)).approval).toEqual({ by: 'ada' })
    expectReadOnce(at.log)
  })

  test('keeps what was read when the report can not be written, and writes it at the next start', async () => {
    await using at = await folders()
    const inTheWay = join(at.root, 'roscius-audit/report.json')
    await mkdir(join(inTheWay, 'x'), { recursive: true })
    const { code, stderr } = await startAudit([at.root], at.log).ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('The report could not be written: ')])
    expect(stderr).not.toContain(at.root)
    await rm(inTheWay, { recursive: true })
    expect(await startAudit([at.root], at.log).ended).toMatchObject({ code: 0 })
    expectReadOnce(at.log)
  })
})
