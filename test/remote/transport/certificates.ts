import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provide } from '../../support/debian.js'

export interface Certified {
  readonly cert: string
  readonly key: string
}

/** An authority that lives as long as the test, made with openssl: Node can read certificates, but not make them. */
export class Authority implements Disposable {
  private readonly folder = mkdtempSync(join(tmpdir(), 'roscius-certificates-'))
  readonly ca: string

  constructor() {
    ensureOpenssl()
    this.openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=authority',
    )
    this.ca = this.read('ca.crt')
  }

  /** A certificate with this subject, for connections to 127.0.0.1 and localhost. */
  certify(subject: string): Certified {
    writeFileSync(join(this.folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost')
    this.openssl('req', ...NEW_KEY, '-keyout', 'own.key', '-out', 'own.csr', '-subj', subject)
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
    this.openssl('x509', '-req', '-in', 'own.csr', '-out', 'own.crt', ...signing)
    return { cert: this.read('own.crt'), key: this.read('own.key') }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' })
  }

  private read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }
}

/** Where it is missing it is installed from Debian, if that may be; else the test says what to install. */
function ensureOpenssl(): void {
  const isThere = (): boolean => spawnSync('openssl', ['version']).error === undefined
  if (!provide('openssl', isThere)) throw new Error('These tests need openssl: install the package openssl.')
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
