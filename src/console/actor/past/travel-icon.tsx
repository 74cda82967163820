import type { ReactNode } from 'react'

const PATHS = {
  first: 'M3 3.5v9M13 3.5 6.5 8l6.500 4.500z',
  moveBack: 'M8 3.500 3 8l5 4.500zM13.500 3.500 8.500 8l5 4.500z',
  back: 'M10.500 3.500 4.500 8l6 4.500z',
  next: 'M5.500 3.500l6 4.500-6 4.500z',
  moveNext: 'M2.500 3.500l5 4.500-5 4.500zM8 3.500l5 4.500-5 4.500z',
  last: 'M13 3.500v9M3 3.500 9.500 8 3 12.500z',
} as const

export type TravelIconName = keyof typeof PATHS

/** Signs for ways through the past, on a grid of 16. */
export function TravelIcon({ name }: { readonly name: TravelIconName }): ReactNode {
  return (
    <svg
      viewBox="0 0 16 16"
      width={13}
      height={13}
      fill="currentColor"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
