/**
 * Zoom and pan by wheel, by one finger and by two, on a chart. Dragging with a mouse selects: the chart does that; with
 * the shift key it pans.
 */

type Move = (shift: number, factor: number, anchor?: number) => void;

/** Follow gestures on `over`; the answer ends that. */
export function gestures(over: HTMLElement, move: Move): () => void {
  const fingers = new Map<number, number>();
  const ending = new AbortController();
  const listen = { signal: ending.signal };

  const fraction = (x: number) => {
    const { left, width } = over.getBoundingClientRect();
    return (x - left) / width;
  };

  over.addEventListener(
    "wheel",
    (event) => {
      // a wheel alone scrolls the page
      if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      event.preventDefault();
      if (event.ctrlKey) move(0, Math.exp(event.deltaY / 300), fraction(event.clientX));
      else move((event.deltaX || event.deltaY) / over.clientWidth, 1);
    },
    { ...listen, passive: false },
  );
  over.addEventListener(
    "pointerdown",
    (event) => {
      if (event.pointerType !== "touch") {
        if (!event.shiftKey || event.button !== 0) return;
        over.setPointerCapture(event.pointerId);
      }
      fingers.set(event.pointerId, event.clientX);
    },
    listen,
  );
  over.addEventListener(
    "pointermove",
    (event) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      const other = others[0];
      fingers.set(event.pointerId, event.clientX);
      if (other === undefined) {
        move((before - event.clientX) / over.clientWidth, 1);
      } else {
        const [was, is] = [Math.abs(before - other), Math.abs(event.clientX - other)];
        if (was > 10 && is > 10) move(0, was / is, fraction((event.clientX + other) / 2));
      }
    },
    listen,
  );
  for (const over_ of ["pointerup", "pointercancel", "pointerleave"] as const) {
    over.addEventListener(over_, (event) => fingers.delete(event.pointerId), listen);
  }
  return () => ending.abort();
}
