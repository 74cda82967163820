/** An address for figures, errors and logs: without its query, which may hold a secret. */
export function shownAddress(address: string): string {
  return address.replace(/\?.*$/s, '')
}
