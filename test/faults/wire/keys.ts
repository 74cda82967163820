/** The secret of the nodes that these tests link. */
export const KEYS = [{ id: 'k1', secret: Buffer.alloc(32, 7) }]
