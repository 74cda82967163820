/** Three significant digits: as much as such a run can tell. */
export function rounded(figure: number): string {
  return figure.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}
