/** What a text is sent as. */
export const MEDIA = { text: 'text/plain', svg: 'image/svg+xml' } as const
