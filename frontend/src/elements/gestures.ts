/**
 * Zoom and pan by wheel, by one finger and by two, on a chart. Dragging with a mouse selects: the chart does that; with
 * the shift key it pans.
 */

type Move = (shift: number, factor: number, anchor?: number) => void;

/** What a key does: how far to move, and by how much to zoom. */
export const KEYS: Record<string, [shift: number, factor: number]> = {
  ArrowLeft: [-0.2, 1],
  ArrowRight: [0.2, 1],
  ArrowUp: [0, 0.6],
  ArrowDown: [0, 1 / 0.6],
  "+": [0, 0.6],
  "-": [0, 1 / 0.6],
};

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
