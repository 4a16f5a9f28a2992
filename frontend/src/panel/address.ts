/** Addresses within the panel. */

export const PREFIX = "/csj-meter";

/** The address of a page, or of something on it. */
export function address(page: string, rest = ""): string {
  return `${PREFIX}/${page.replaceAll("_", "-")}${rest ? `/${encodeURIComponent(rest)}` : ""}`;
}
