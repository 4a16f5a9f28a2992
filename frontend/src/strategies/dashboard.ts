/** The dashboard for whoever looks: out of what the server has told, and nothing else. */

import type { DashboardMeter, Told } from "../api/dashboard";
import { type Card, daily, type Dashboard, heading, logbook, markdown, navigate, none, type Say, type Section, section, tile, trend, type View } from "./built_in";
import { alerts, hasCredit, meterSections, MONTH, sensor, series, summary, usage } from "./meter_sections";

/** So many meters have a tab each; with more of them, their pages are reached from the first one. */
const MOST_TABS = 6;
/** So many get a curve in the list of meters, and share one picture of what was used. */
const MOST_CURVES = 10;
const LOG = 72;
const COLUMNS = 3;

/** Counters that the Energy dashboard uses. */
export type Energy = ReadonlySet<string>;

export function pathOf({ serial }: Pick<DashboardMeter, "serial">): string {
  return `meter-${serial.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

/** `base`: the address of the dashboard, without a slash at its end. */
export function dashboard(told: Told, energy: Energy, base: string, say: Say): Dashboard {
  const meters = [...told.meters].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const [first] = meters;
  if (first === undefined) return { views: [view(say("cards.dashboard.title"), "home", empty(told, say))] };
  const ofMeters = meters.map((meter) => ({
    ...view(meter.name, pathOf(meter), meterSections(meter, told, say)),
    ...(meters.length > MOST_TABS ? { subview: true } : {}),
  }));
  const work = workOrders(told, say);
  const views =
    meters.length === 1
      ? ofMeters.map((one) => ({ ...one, sections: [...one.sections, ...work] }))
      : [view(say("cards.dashboard.overview"), "overview", [...overview(meters, told, base, say), ...work]), ...ofMeters];
  const counted = meters.some(({ entities }) => energy.has(sensor(entities, "energy_import") ?? ""));
  return { views: counted ? [...views, energyView(say)] : views };
}

/** One meter in a section of somebody's own dashboard: the one of `device`, or the first one. */
export function meterSection(told: Told, device: string | undefined, say: Say): Section {
  const meter = device ? told.meters.find((one) => one.device_id === device) : told.meters[0];
  if (meter === undefined) return { type: "grid", cards: [markdown(say(device ? "cards.missing.gone" : "cards.dashboard.no_meters"))] };
  const cards = [...summary(meter, told, say), usage(meter, say), trend(sensor(meter.entities, "active_power"))];
  return { type: "grid", cards: cards.filter((card) => card !== null) };
}

/** What stands in place of a dashboard that cannot be built. */
export function failed(text: string, title: string): Dashboard {
  return { views: [view(title, "home", [{ type: "grid", cards: [markdown(text)] }])] };
}

function view(title: string, path: string, sections: Section[]): View {
  return { type: "sections", title, path, max_columns: COLUMNS, sections };
}

function empty({ role, permissions }: Told, say: Say): Section[] {
  const owner = "configure" in permissions;
  return [
    {
      type: "grid",
      cards: [
        heading(say("cards.dashboard.title"), "mdi:meter-electric-outline"),
        markdown(say(owner ? "cards.dashboard.add_a_bridge" : role === "tenant" || role === "landlord" ? "cards.dashboard.not_yours" : "cards.dashboard.no_meters")),
        ...(owner
          ? [
              {
                type: "button",
                name: say("cards.dashboard.add"),
                icon: "mdi:plus",
                tap_action: navigate("/config/integrations/dashboard/add?domain=csj_meter"),
              },
            ]
          : []),
      ],
    },
  ];
}

function overview(meters: readonly DashboardMeter[], told: Told, base: string, say: Say): Section[] {
  const sells = ["owner", "landlord"].includes(told.role);
  // the event of the site has what happens to whole circuits, and nothing else
  const events = [told.site.event?.alert, ...meters.map(({ entities }) => entities.event?.alert)];
  return [
    ...section([heading(say("cards.dashboard.attention"), "mdi:alert-outline", siteBadge(told)), ...attention(meters, base, say)]),
    ...(sells && meters.some((meter) => hasCredit(meter, told))
      ? section([heading(say("cards.tenants.title"), "mdi:account-cash-outline"), { type: "custom:csj-tenants-card", name: say("cards.dashboard.credit") }])
      : []),
    ...section([
      heading(say("cards.dashboard.meters"), "mdi:meter-electric-outline", "see_diagnostics" in told.permissions ? { tap_action: navigate("/csj-meter") } : {}),
      ...meters.map((meter) => ofMeter(meter, meters.length <= MOST_CURVES, base)),
    ]),
    ...(meters.length <= MOST_CURVES
      ? section([heading(say("cards.dashboard.history"), "mdi:chart-bar"), daily(say("cards.dashboard.by_day"), meters.map((meter) => series(sensor(meter.entities, "energy_import"), meter.name)), MONTH)])
      : []),
    ...section([heading(say("cards.dashboard.happened"), "mdi:history"), logbook(events, LOG)]),
  ];
}

function siteBadge({ site }: Told): Record<string, unknown> {
  const entity = sensor(site, "alert_state");
  return entity === undefined ? {} : { badges: [{ type: "entity", entity, show_state: true, show_icon: true, color: "state" }] };
}

/** Meters with something wrong, by what the alerts of each say in one word. */
function attention(meters: readonly DashboardMeter[], base: string, say: Say): Card[] {
  if (meters.length <= MOST_TABS) {
    const cards = meters.flatMap((meter) => alerts(meter, say).filter(({ type }) => type === "alert"));
    const quiet = cards.map(({ entity }) => entity as string);
    return quiet.length ? [...cards, markdown(say("cards.dashboard.quiet"), { visibility: none(quiet, "on") })] : [];
  }
  const states = meters
    .map((meter) => ({ meter, entity: sensor(meter.entities, "alert_state") }))
    .filter((one): one is { meter: DashboardMeter; entity: string } => one.entity !== undefined);
  if (!states.length) return [];
  const worst = ["critical", "warning"];
  return [
    ...states.map(({ meter, entity }) => ({
      type: "tile",
      entity,
      name: meter.name,
      color: "red",
      grid_options: { columns: "full" },
      tap_action: navigate(`${base}/${pathOf(meter)}`),
      visibility: [{ condition: "state", entity, state: worst }],
    })),
    markdown(say("cards.dashboard.quiet"), { visibility: states.map(({ entity }) => ({ condition: "state", entity, state_not: worst })) }),
  ];
}

function ofMeter(meter: DashboardMeter, curve: boolean, base: string): Card | null {
  const entity = sensor(meter.entities, "active_power") ?? sensor(meter.entities, "energy_import");
  const more = { name: meter.name, tap_action: navigate(`${base}/${pathOf(meter)}`) };
  return curve ? trend(entity, more) : tile(entity, more);
}

function workOrders({ site }: Told, say: Say): Section[] {
  const list = site.todo?.work_orders;
  return list === undefined ? [] : section([heading(say("cards.dashboard.work_orders"), "mdi:clipboard-list-outline"), { type: "todo-list", entity: list }]);
}

function energyView(say: Say): View {
  const card = (type: string): Card => ({ type, grid_options: { columns: "full" } });
  return {
    ...view(say("cards.dashboard.energy"), "energy", [
      { type: "grid", cards: [card("energy-date-selection"), card("energy-usage-graph")], column_span: 2 },
      { type: "grid", cards: [card("energy-distribution"), card("energy-sources-table")] },
    ]),
    icon: "mdi:lightning-bolt",
  };
}
