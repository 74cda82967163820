/**
 * How long the agents wait for one another, and for people. An audit that was killed goes on whenever somebody starts it again,
 * and a question that waits for an answer waits as long.
 */
export const PATIENCE_MS = 365 * 24 * 60 * 60_000

/** The most that a tool may have for one call. */
export const TOOL_MS = 24 * 60 * 60_000

/** What stands in an agent's way is told to a person, and nothing of what was done is given up. */
export const PATIENT = {
  limits: {
    deadlineMs: PATIENCE_MS,
    delegateMs: PATIENCE_MS,
    approvalMs: PATIENCE_MS,
    personMs: PATIENCE_MS,
    escalationMs: PATIENCE_MS,
    toolMs: TOOL_MS,
    // The budget of the whole audit says how many there are.
    turns: 1_000_000,
  },
  policy: { onExhausted: 'pauseAndAsk' },
} as const
