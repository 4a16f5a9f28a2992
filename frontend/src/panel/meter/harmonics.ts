/** Harmonics as bars. */

/** Order of the first item of a list. */
const FIRST = 2;

export interface Bar {
  order: number;
  /** % of the fundamental, of each phase. */
  values: (number | null)[];
  limit: number | null;
  over: boolean;
}

type Lists = Record<string, unknown>;

/** One bar for each order, with the phases beside each other; none where the meter has told none. */
export function bars(values: Lists, stem: "voltage" | "current", phases: number, limits: Record<string, number> | null): Bar[] {
  const lists = Array.from({ length: phases }, (_, index) => values[`${stem}_harmonics_l${index + 1}`]).filter((list) =>
    Array.isArray(list),
  ) as (number | null)[][];
  const count = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: count }, (_, index) => {
    const order = FIRST + index;
    const column = lists.map((list) => list[index] ?? null);
    const limit = limits?.[order] ?? null;
    return { order, values: column, limit, over: limit !== null && column.some((value) => value !== null && value > limit) };
  });
}

/** The upper end of an axis: a round number that is not below anything drawn. */
export function ceiling(all: readonly Bar[]): number {
  const largest = Math.max(0, ...all.flatMap(({ values, limit }) => [...values, limit].map((value) => value ?? 0)));
  if (largest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return ([1, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= largest) ?? 10) * power;
}
