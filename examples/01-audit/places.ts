/** Where the actors of an audit are, for those that ask them or start others there. See `job.ts`. */
export const PLACES = {
  job: 'job',
  register: 'job/register',
  coordinator: 'job/coordinator',
  analyst: 'job/pool/analyst',
  crews: 'job/pool/crews',
  writers: 'job/desk/writers',
  reporters: 'job/desk/reporters',
} as const
