/** Errors as they are told to another process: by their code. */
import { z } from 'zod'
import { type ErrorCode, RosciusError } from '../core/errors.js'

export const toldErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
})

export type ToldError = z.output<typeof toldErrorSchema>

export function toldError({ code, message, details }: RosciusError): ToldError {
  return { code, message, details: { ...details } }
}

export function errorOf({ code, message, details }: ToldError): RosciusError {
  return new RosciusError(code as ErrorCode, message, { details })
}
