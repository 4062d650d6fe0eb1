import type { Size } from './fit.js'

/** Of an element as it is laid out; and again where it is looked at on another screen. */
export function watchSize(element: HTMLElement, onSize: (size: Size) => void): () => void {
  const measure = (): void => onSize({ width: element.clientWidth, height: element.clientHeight })
  const observer = new ResizeObserver(measure)
  observer.observe(element)
  const density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
  density.addEventListener('change', measure)
  return () => {
    observer.disconnect()
    density.removeEventListener('change', measure)
  }
}

/** Draws at most once a frame, and only if it was asked to. */
export function frames(draw: () => void): { wake(this: void): void; stop(this: void): void } {
  let frame: number | undefined
  return {
    wake() {
      frame ??= requestAnimationFrame(() => {
        frame = undefined
        draw()
      })
    },
    stop() {
      if (frame !== undefined) cancelAnimationFrame(frame)
      frame = undefined
    },
  }
}
