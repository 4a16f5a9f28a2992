/** Bars of a small chart: as shares of their height. */

/** How high each bar is, 0..1; null where nothing is known. */
export function shares(values: readonly (number | null)[]): (number | null)[] {
  const most = Math.max(...values.map((value) => value ?? 0), 0);
  // what is little is still to be seen; nothing used is no bar
  return values.map((value) => (value === null ? null : most && value > 0 ? Math.max(0.02, value / most) : 0));
}

/** Which of some bars have a word below them: the first, the last, and some between. */
export function labelled(count: number, most: number): boolean[] {
  const step = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: count }, (_, place) => place % step === 0);
}

/** The days of the month that the last day is in. */
export function ofTheMonth<T extends { day: string }>(days: readonly T[]): T[] {
  const month = days.at(-1)?.day.slice(0, 7);
  return days.filter((one) => one.day.slice(0, 7) === month);
}
