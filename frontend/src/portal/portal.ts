/** The page of a tenant without an account: it stands alone, and knows nothing of Home Assistant's frontend. */

import "./csj-portal";
