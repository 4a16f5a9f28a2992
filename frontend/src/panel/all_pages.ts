/** Every page of the panel, so that its element is there when it is drawn. */

import "./csj-meters-page";
