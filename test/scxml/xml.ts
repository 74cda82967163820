import { SaxesParser } from 'saxes'

/** An XML element; text and comments are dropped, except that an element keeps its own trimmed text. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

interface OpenElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

/** Parses a document and returns its root element; throws on XML that is not well-formed. */
export function parseXml(source: string): XmlElement {
  const document: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open: OpenElement[] = [document]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name: name.replace(/^.*:/, ''), attributes, children: [], text: '' }
    open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    open.at(-1)!.text += text.trim()
  })
  parser.on('cdata', (text) => {
    open.at(-1)!.text += text
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(source).close()
  return document.children[0]!
}

/** The children of an element that have one of these names. */
export function childrenNamed(element: XmlElement, ...names: string[]): XmlElement[] {
  return element.children.filter((child) => names.includes(child.name))
}
