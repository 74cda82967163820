/** Which words of a text count, in any script. Pure. */

/** What a question says without asking for it; English. */
const FILLERS = new Set(
  'a an and are as at be but by did do does for from had has have how i if in is it its me my of on or our so than that the their them then there these they this to was we were what when where which who whom whose why will with you your'.split(
    ' ',
  ),
)
/** More make a search slow and no better: the longest are the rarest. */
const MAX_QUERY_WORDS = 24
/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Each word in lower case, in the order of the text. */
export function wordsOf(text: string): readonly string[] {
  const runs =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []
  return runs.flatMap((run) => (UNSPACED.test(run) ? segmentsOf(run) : [run]))
}

function segmentsOf(run: string): readonly string[] {
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' })
  return [...segmenter.segment(run)].map(({ segment }) => segment)
}

/** The words to search for: without fillers and single letters, if others are left. */
export function queryWordsOf(query: string, isEnglish: boolean): readonly string[] {
  const all = [...new Set(wordsOf(query))]
  const telling = all.filter((word) => (word.length > 1 || UNSPACED.test(word)) && !(isEnglish && FILLERS.has(word)))
  const words = telling.length > 0 ? telling : all
  if (words.length <= MAX_QUERY_WORDS) return words
  return [...words].sort((one, other) => other.length - one.length).slice(0, MAX_QUERY_WORDS)
}
