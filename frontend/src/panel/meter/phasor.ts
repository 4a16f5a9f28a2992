/** Voltages and currents of a meter as arrows: where each points to, and how long it is. */

type Values = Record<string, number | null | undefined>;

export interface Arrow {
  phase: number;
  /** Degrees, counted against the clock; the voltage of L1 is at 0. */
  angle: number;
  /** In V or A. */
  size: number;
}

const THIRD = 120;

/** Degrees between two voltages, out of the one between their ends; a third of the circle where that is not known. */
export function between(one: Values[string], other: Values[string], across: Values[string]): number {
  if (!one || !other || !across) return THIRD;
  const cosine = (one ** 2 + other ** 2 - across ** 2) / (2 * one * other);
  return Math.abs(cosine) <= 1 ? degrees(Math.acos(cosine)) : THIRD;
}

/** `reversed`: the meter says that its phases turn the other way round. */
export function voltages(values: Values, reversed: boolean): Arrow[] {
  const [one, two, three] = [values.voltage_l1, values.voltage_l2, values.voltage_l3];
  const turn = reversed ? 1 : -1;
  return [
    { phase: 1, angle: 0, size: one ?? 0 },
    { phase: 2, angle: turn * between(one, two, values.voltage_l1_l2), size: two ?? 0 },
    { phase: 3, angle: -turn * between(three, one, values.voltage_l3_l1), size: three ?? 0 },
  ];
}

/** Currents behind their voltages by as much as active and reactive power say; none of a phase without them. */
export function currents(values: Values, of: readonly Arrow[]): Arrow[] {
  return of.flatMap(({ phase, angle }) => {
    const active = values[`active_power_l${phase}`];
    const reactive = values[`reactive_power_l${phase}`];
    if (active === null || active === undefined || reactive === null || reactive === undefined) return [];
    return [{ phase, angle: angle - degrees(Math.atan2(reactive, active)), size: values[`current_l${phase}`] ?? 0 }];
  });
}

/** The end of an arrow from the middle of a drawing whose y axis points down. */
export function tip({ angle, size }: Arrow, largest: number, radius: number): [x: number, y: number] {
  const length = largest ? (size / largest) * radius : 0;
  // the voltage of L1 points up, as people draw it
  const at = ((angle + 90) * Math.PI) / 180;
  return [length * Math.cos(at), -length * Math.sin(at)];
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
