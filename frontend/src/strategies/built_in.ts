/** As much of the configuration of Home Assistant's dashboards as is built here. */

export interface Card {
  type: string;
  [option: string]: unknown;
}

export interface Section {
  type: "grid";
  cards: Card[];
  column_span?: number;
}

export interface View {
  type: "sections";
  title: string;
  path: string;
  icon?: string;
  subview?: boolean;
  max_columns?: number;
  sections: Section[];
}

export interface Dashboard {
  title?: string;
  views: View[];
}

/** A text under `config_panel`. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

type Condition = Record<string, unknown>;

export function section(cards: (Card | null)[], columnSpan?: number): Section[] {
  const there = cards.filter((card) => card !== null);
  // a heading alone is nothing
  if (!there.some(({ type }) => type !== "heading")) return [];
  return [{ type: "grid", cards: there, ...(columnSpan ? { column_span: columnSpan } : {}) }];
}

export function heading(text: string, icon: string, more: Record<string, unknown> = {}): Card {
  return { type: "heading", heading: text, heading_style: "title", icon, ...more };
}

export function navigate(path: string): Record<string, unknown> {
  return { action: "navigate", navigation_path: path };
}

/** A tile with the name of the entity alone: which meter it is of is said above. */
export function tile(entity: string | undefined, more: Record<string, unknown> = {}): Card | null {
  return entity === undefined ? null : { type: "tile", entity, name: { type: "entity" }, ...more };
}

/** A tile with the course of a day below it. */
export function trend(entity: string | undefined, more: Record<string, unknown> = {}): Card | null {
  return tile(entity, { features: [{ type: "trend-graph", hours_to_show: 24 }], ...more });
}

/** Something that is to be seen as long as it is so, and takes no place else. */
export function alert(entity: string, color: "red" | "amber"): Card {
  return {
    type: "alert",
    entity,
    alert_color: color,
    grid_options: { columns: "full" },
    visibility: [{ condition: "state", entity, state: "on" }],
  };
}

export function none(entities: readonly string[], state: string): Condition[] {
  return entities.map((entity) => ({ condition: "state", entity, state_not: state }));
}

/** One bar or curve, with a name of its own where those of the entities say too much. */
export type Series = string | { entity: string; name: string };

/** What counters have counted, day by day; several on top of each other. */
export function daily(title: string, series: readonly (Series | undefined)[], days: number): Card | null {
  const there = series.filter((one) => one !== undefined);
  if (!there.length) return null;
  return {
    type: "statistics-graph",
    title,
    entities: there,
    chart_type: there.length === 1 ? "bar" : "bar-stack",
    period: "day",
    days_to_show: days,
    stat_types: ["change"],
    hide_legend: there.length === 1,
    grid_options: { columns: "full" },
  };
}

/** What was measured, hour by hour; one curve says how far it went as well. */
export function hourly(title: string, series: readonly (Series | undefined)[], days: number): Card | null {
  const there = series.filter((one) => one !== undefined);
  if (!there.length) return null;
  return {
    type: "statistics-graph",
    title,
    entities: there,
    period: "hour",
    days_to_show: days,
    stat_types: there.length === 1 ? ["min", "mean", "max"] : ["mean"],
    hide_legend: there.length === 1,
    grid_options: { columns: "full" },
  };
}

export function logbook(entities: readonly (string | undefined)[], hours: number): Card | null {
  const there = entities.filter((entity) => entity !== undefined);
  if (!there.length) return null;
  return { type: "logbook", target: { entity_id: there }, hours_to_show: hours, grid_options: { columns: "full", rows: 4 } };
}

export function markdown(content: string, more: Record<string, unknown> = {}): Card {
  return { type: "markdown", content, grid_options: { columns: "full" }, ...more };
}
