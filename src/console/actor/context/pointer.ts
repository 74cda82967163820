/** JSON Pointers (RFC 6901), and the same way as a person would write it. */

/** The pointer of a child. */
export function below(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function segmentsOf(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `context.items[3]["first name"]`. */
export function wayText(pointer: string): string {
  return segmentsOf(pointer)
    .map((part, index) => {
      if (/^(?:0|[1-9]\d*)$/.test(part)) return `[${part}]`
      if (/^[A-Za-z_$][\w$]*$/.test(part)) return index === 0 ? part : `.${part}`
      return `[${JSON.stringify(part)}]`
    })
    .join('')
}
