/** The colours that mean something. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'note' | 'accent'
