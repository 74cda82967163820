/** What an injection is, and where the ideas come from. */

export type InjectionKind =
  | 'approval'
  | 'budget'
  | 'decision'
  | 'delegation'
  | 'encoding'
  | 'event'
  | 'exfiltration'
  | 'instruction'
  | 'language'
  | 'manyShot'
  | 'rolePlay'
  | 'system'
  | 'unicode'

/** A text that pretends to be more than data. Our own words; the idea is from `source`. */
export interface Injection {
  readonly id: string
  readonly kind: InjectionKind
  /** Where the idea is described. */
  readonly source: string
  /** With `{{…}}` where `aimed` puts its target in. */
  readonly text: string
}

const SOURCES = {
  agentDojo: 'https://arxiv.org/abs/2406.13352',
  asciiSmuggling: 'https://embracethered.com/blog/posts/2024/hiding-and-finding-text-with-unicode-tags/',
  badCharacters: 'https://arxiv.org/abs/2106.09898',
  bipia: 'https://arxiv.org/abs/2312.14197',
  cipherChat: 'https://arxiv.org/abs/2308.06463',
  doAnythingNow: 'https://arxiv.org/abs/2308.03825',
  greshake: 'https://arxiv.org/abs/2302.12173',
  houYi: 'https://arxiv.org/abs/2306.05499',
  ignorePrevious: 'https://arxiv.org/abs/2211.09527',
  injecAgent: 'https://arxiv.org/abs/2403.02691',
  jailbroken: 'https://arxiv.org/abs/2307.02483',
  manyShot: 'https://www.anthropic.com/research/many-shot-jailbreaking',
  multilingual: 'https://arxiv.org/abs/2310.06474',
  owasp: 'https://genai.owasp.org/llmrisk/llm01-prompt-injection/',
  toolPoisoning: 'https://invariantlabs.ai/blog/mcp-security-notification-tool-poisoning-attacks',
} as const

/** Makes injections of one kind; their ids begin with it. */
export const injectionsOf =
  (kind: InjectionKind) =>
  (id: string, source: keyof typeof SOURCES, text: string): Injection => ({
    id: `${kind}-${id}`,
    kind,
    source: SOURCES[source],
    text,
  })
