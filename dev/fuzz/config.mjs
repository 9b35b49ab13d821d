import { fileURLToPath } from 'node:url';

/** How often an id that exists stands in for a made-up one; the others shall be seen to be refused. */
const KNOWN = 0.5;

/**
 * Refusals that a request may get although it fits the schema, for what a schema can't say. 412: If-Match is a version
 * that is made up. 413: schemathesis has no limit to what it sends.
 */
const MAY_BE_REFUSED = ['2xx', '3xx', 401, 403, 404, 409, 412, 413, 429, '5xx'];

/** By operation: a sale names a product, ends after it opens; a deadline has its installation's limit; an event is the provider's. */
const ALSO = { createSale: [422], changeSale: [422], changeSettings: [422], paymentWebhook: [400] };

const PLAIN_HEADER_NAMES = fileURLToPath(new URL('./plain_header_names.py', import.meta.url));

/** The configuration of schemathesis. Strings, numbers and lists are written in TOML as they are in JSON. */
export function fuzzConfig({ productIds, saleIds, orderIds }, front) {
  const known = { productId: productIds, saleId: saleIds, orderId: orderIds };
  // On a busy machine it takes long to make up an example; that says nothing of the contract.
  const lines = ['suppress-health-check = ["too_slow"]'];
  if (front !== 'node') lines.push(`hooks = ${JSON.stringify(PLAIN_HEADER_NAMES)}`);
  for (const [name, values] of Object.entries(known)) {
    lines.push(`[dictionaries.${name}]`, `values = ${JSON.stringify(values)}`);
  }
  lines.push('[parameters]');
  for (const name of Object.keys(known)) {
    lines.push(`"path.${name}" = { dictionary = "${name}", probability = ${KNOWN} }`);
  }
  lines.push('[checks.positive_data_acceptance]', `expected-statuses = ${JSON.stringify(MAY_BE_REFUSED)}`);
  for (const [id, statuses] of Object.entries(ALSO)) {
    lines.push(
      '[[operations]]',
      `include-operation-id = "${id}"`,
      `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify([...MAY_BE_REFUSED, ...statuses])}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
