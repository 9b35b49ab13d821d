import { fileURLToPath } from 'node:url';

/** Share of existing ids among those sent; generated ones are sent too, to check that they are refused. */
const KNOWN = 0.5;

/**
 * Refusals that a request may get although it fits the schema, for conditions that a schema can't express. 412: the version
 * of If-Match is generated. 413: schemathesis does not limit the length of a body.
 */
const MAY_BE_REFUSED = ['2xx', '3xx', 401, 403, 404, 409, 412, 413, 429, '5xx'];

/**
 * More of them by operation: a sale needs an existing product and has to end after it opens; the installation limits the
 * deadline; an event has to be the provider's.
 */
const ALSO = { createSale: [422], changeSale: [422], changeSettings: [422], paymentWebhook: [400] };

const PLAIN_HEADER_NAMES = fileURLToPath(new URL('./plain_header_names.py', import.meta.url));

/** The configuration of schemathesis. Strings, numbers and lists are written in TOML as they are in JSON. */
export function fuzzConfig({ productIds, saleIds, orderIds }, front) {
  const known = { productId: productIds, saleId: saleIds, orderId: orderIds };
  // Generating an example takes long on a busy machine, which is no fault of the API.
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
