/** What went wrong with a request: as the node told it, or that no node answers. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    /** HTTP status; 0 where nothing answered. */
    readonly status: number,
    /** A code of `docs/reference/errors.md`; `UNREACHABLE` where nothing answered. */
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(0, 'PAGE_ERROR', error instanceof Error ? error.message : String(error))
}
