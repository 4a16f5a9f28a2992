/** Days of the clock on the wall, as moments. */

/** When a day `YYYY-MM-DD` begins in a zone; without one in that of the browser. */
export function dayStart(day: string, zone?: string): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  if (zone === undefined) return new Date(year, month - 1, date);
  const wall = Date.UTC(year, month - 1, date);
  // what the zone is ahead changes at the changes of its clock: the second look is at the right side of it
  let moment = wall - ahead(wall, zone);
  moment = wall - ahead(moment, zone);
  return new Date(moment);
}

/** The day after. */
export function nextDay(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + 1)).toISOString().slice(0, 10);
}

/** By how many milliseconds the clock of a zone is ahead of UTC. */
function ahead(moment: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(moment / 1000) * 1000;
}
