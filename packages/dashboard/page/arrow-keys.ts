type Stroke = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** Where a stroke leads in a list of so many; undefined: it means something else. */
export function movedBy(stroke: Stroke, at: number, count: number): number | undefined {
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return undefined
  const to = new Map([
    ['ArrowDown', at + 1],
    ['ArrowUp', at - 1],
    ['Home', 0],
    ['End', count - 1],
  ]).get(stroke.key)
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1))
}
