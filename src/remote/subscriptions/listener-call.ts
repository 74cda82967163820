/** What a listener throws is nobody's failure inside: as in XState it is thrown again where global handlers see it. */
export function callListener(fn: () => void): void {
  try {
    fn()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
