/** Every page of the panel, so that its element is there when it is drawn. */

import "./csj-alerts-page";
import "./csj-audit-page";
import "./csj-bus-page";
import "./csj-kpis-page";
import "./csj-meter-page";
import "./csj-meters-page";
import "./csj-settings-page";
import "./csj-what-if-page";
import "./csj-work-orders-page";
