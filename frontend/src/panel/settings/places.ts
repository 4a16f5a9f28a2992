/** Pages of Home Assistant on which something of this integration is set. */

export const INTEGRATION = "/config/integrations/integration/csj_meter";

/** What each is called in the texts, and where it leads. */
export const PLACES: readonly (readonly [name: string, path: string])[] = [
  ["integration", INTEGRATION],
  ["add_bridge", "/config/integrations/dashboard/add?domain=csj_meter"],
  ["accounts", "/config/users"],
  ["repairs", "/config/repairs"],
  ["automations", "/config/automation/dashboard"],
  ["logs", "/config/logs"],
];

/** What is set in the options of the integration, as its menu names them. */
export const OPTIONS = ["people", "tenants", "alerts", "detection", "telemetry", "polling", "payments"] as const;
