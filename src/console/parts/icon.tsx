/** Line icons on a grid of 16, in the colour of the text. They say nothing by themselves: a label stands beside or around. */
import type { ReactNode } from 'react'

const PATHS = {
  overview: 'M8 2.5v3M8 5.500H4v3M8 5.500h4v3M2.500 8.500h3v3h-3zM10.500 8.500h3v3h-3z',
  timeline: 'M2 4h6M5 8h7M3.500 12h4M10.500 12H14',
  conversations: 'M4 2.500v11M12 2.500v11M4 5.500h7.500M9.500 3.500l2 2-2 2M12 10.500H4.500M6.500 8.500l-2 2 2 2',
  approvals:
    'M8 1.800l5 2v3.900c0 3-2.100 5.200-5 6.500-2.900-1.300-5-3.500-5-6.500V3.800zM5.800 8l1.600 1.600 2.900-3',
  deadLetters: 'M2 4h12v8.500H2zM2.300 4.300L8 9l5.700-4.700',
  budgets: 'M2.500 13.500h11M4 11V8M8 11V3M12 11V6',
  links:
    'M6.500 9.500l3-3M7.500 4.500l1.300-1.300a2.800 2.800 0 0 1 4 4L11.500 8.500M8.500 11.500l-1.300 1.300a2.800 2.800 0 0 1-4-4L4.500 7.500',
  machines: 'M2 2.500h5v4H2zM9 9.500h5v4H9zM4.500 6.500v5H9M11.500 9.500v-5H7',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.700 10.700L14 14',
  more: 'M3.500 8h.01M8 8h.01M12.500 8h.01',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.500v1.200M8 13.300v1.200M1.500 8h1.200M13.300 8h1.200M3.400 3.400l.9.9M11.700 11.700l.9.9M12.600 3.400l-.9.9M4.300 11.700l-.9.9',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM6 13.500h4',
  keys: 'M1.500 4h13v8h-13zM4 6.500h.01M6.500 6.500h.01M9 6.500h.01M11.500 6.500h.01M5 9.500h6',
  chevron: 'M6 3.500L10.500 8 6 12.500',
  down: 'M3.500 6L8 10.500 12.500 6',
  back: 'M10 3.500L5.500 8l4.500 4.500',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.500l3.300 3.300L13 4.800',
  warning: 'M8 2L14.500 13.500h-13zM8 6.500v3M8 11.500h.01',
  fault: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.500M8 11h.01',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  play: 'M5 3l7.500 5L5 13z',
  restart: 'M13 8a5 5 0 1 1-1.500-3.600M13 2v3h-3',
  retry: 'M13 8a5 5 0 1 1-1.500-3.600M13 2v3h-3',
  trash: 'M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.5 9h6l.5-9',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  outside: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.500 8.500',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.500 1.500',
  mail: 'M2 4h12v8.500H2zM2.300 4.300L8 9l5.700-4.700',
  offline:
    'M2 2l12 12M4.500 8.200a5 5 0 0 1 2-1.200M11.500 8.200a5 5 0 0 0-1.300-.9M1.800 5.500A9 9 0 0 1 4 4M14.200 5.500A9 9 0 0 0 7 3M8 12h.01',
  out: 'M6 3H3v10h3M10 5l3 3-3 3M13 8H6.500',
  actor: 'M8 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM3 13.500c.5-2.500 2.500-4 5-4s4.500 1.500 5 4',
  question:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.300 6.200a1.800 1.800 0 1 1 2.500 1.700c-.5.2-.8.6-.8 1.100M8 11.300h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
