/** From how many days of credit on all is fine, and below how many it is urgent: on cards and on the portal. */

export const FINE = 3;
export const URGENT = 1;
