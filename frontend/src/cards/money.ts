/** What puts money on a meter and lists it: loaded with the first card of credit, as most dashboards have none. */

import "./csj-payments";
import "./csj-top-up";
