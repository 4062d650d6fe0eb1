/** A moment, for people where they are: the time for today, the day as well for other days. */
export function timeOf(ms: number, nowMs = Date.now()): string {
  const [at, now] = [new Date(ms), new Date(nowMs)]
  return at.toDateString() === now.toDateString() ? clockOf(at) : `${dayOf(at)} ${clockOf(at)}`
}

const clockOf = (at: Date): string =>
  [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')

const dayOf = (at: Date): string =>
  `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`

const twoDigits = (count: number): string => String(count).padStart(2, '0')
