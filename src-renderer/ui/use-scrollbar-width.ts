import { type RefObject, useLayoutEffect, useState } from 'react';

/** Pixels the vertical scrollbar takes of the element: none where it lies over what scrolls, or nothing does. */
export function useScrollbarWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const measure = () => setWidth(target.offsetWidth - target.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
