/** Names of fields whose values are secret. */
import { nameMatches } from '../policy/glob.js'

/** As they are compared: in small letters, without `-` and `_`. */
export const SECRET_KEYS = [
  '*password',
  'passwd',
  'pwd',
  'passphrase',
  '*secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'apitoken',
  'bearertoken',
  'sessiontoken',
  'csrftoken',
  '*apikey',
  '*privatekey',
  'secretkey',
  'accesskey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'credentials',
] as const

/** Whether a name is that of a secret field. */
export function keyMatcher(patterns: readonly string[]): (key: string) => boolean {
  const exact = new Set<string>()
  const globs: string[] = []
  for (const pattern of patterns.map(plain)) {
    if (pattern.includes('*')) globs.push(pattern)
    else exact.add(pattern)
  }
  return (key) => {
    const name = plain(key)
    return exact.has(name) || globs.some((glob) => nameMatches(glob, name))
  }
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '')
}
