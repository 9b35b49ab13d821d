/** Click ids of the larger advertising networks and mail services, in lower case. */
const CLICK_IDS: ReadonlySet<string> = new Set(
  (
    'gclid gclsrc gbraid wbraid dclid gad_source gad_campaignid srsltid _ga _gl fbclid igshid igsh msclkid ttclid twclid ' +
    'yclid ysclid li_fat_id epik sccid rdt_cid qclid irclickid mc_cid mc_eid _hsenc _hsmi mkt_tok vero_id wickedid'
  ).split(' '),
);

/** Campaign parameters of Google Analytics, and of Matomo. */
const CAMPAIGN = /^(?:utm|mtm|pk)_/;

/**
 * Whether a query parameter is one that advertising networks, mail services and analytics add to links: it says nothing
 * to this API, and a link to a public page must not fail because of it.
 */
export function isTrackingParameter(name: string): boolean {
  const lower = name.toLowerCase();
  return CAMPAIGN.test(lower) || CLICK_IDS.has(lower);
}
