/** Tabs over a part of a view: arrows go from one to the next, only the chosen one is in the order of the Tab key. */
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useLayoutEffect, useRef } from 'react'
import { useWidth } from './use-width.js'
import './tabs.css'

export interface Tab<K extends string> {
  readonly key: K
  readonly label: string
  /** Beside the label: how many there are. */
  readonly note?: ReactNode
}

interface TabsProps<K extends string> {
  readonly label: string
  readonly tabs: readonly Tab<K>[]
  readonly chosen: K
  readonly onChoose: (key: K) => void
  /** What the chosen tab shows. */
  readonly children?: ReactNode
}

export function Tabs<K extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<K>): ReactNode {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  useInView(list, chosen)
  const press = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const index = (tabs.findIndex(({ key }) => key === chosen) + step + tabs.length) % tabs.length
    onChoose((tabs[index] as Tab<K>).key)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus()
  }
  return (
    <>
      <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={press}>
        {tabs.map(({ key, label, note }) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-${key}`}
            className="tab"
            aria-selected={key === chosen}
            aria-controls={children === undefined ? undefined : `${id}-panel`}
            tabIndex={key === chosen ? 0 : -1}
            onClick={() => onChoose(key)}
          >
            {label}
            {note !== undefined && <span className="tab-note">{note}</span>}
          </button>
        ))}
      </div>
      {children !== undefined && (
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`} className="tab-panel">
          {children}
        </div>
      )}
    </>
  )
}

/** Tabs that have no room beside each other are scrolled: the chosen one is seen whole, with something of its neighbours. */
function useInView(list: RefObject<HTMLElement | null>, chosen: string): void {
  const width = useWidth(list)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab, or another width, asks for another place.
  useLayoutEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected=true]')
    if (list.current === null || tab == null) return
    const [from, to] = [tab.offsetLeft - BESIDE, tab.offsetLeft + tab.offsetWidth + BESIDE]
    const { scrollLeft } = list.current
    list.current.scrollLeft = Math.max(Math.min(scrollLeft, from), to - width)
  }, [chosen, width])
}

/** In px. */
const BESIDE = 24
