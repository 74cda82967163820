/** A notice names its actor somewhere in its sentence: that place becomes the link to it, so that it is named once. */

export interface NoticeParts {
  readonly before: string
  readonly after: string
}

/** What stands on both sides of the actor's path; undefined where the text does not have it as a word of its own. */
export function noticeParts(text: string, path: string): NoticeParts | undefined {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + path.length)]
    if (/(^|\s)$/.test(before) && /^([.:,;]?\s|[.:,;]?$)/.test(after)) return { before, after }
  }
  return undefined
}
