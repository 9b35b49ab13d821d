import type { Sale } from '../../src/domain/sale.ts';
import type { Catalogue } from '../../src/ports/catalogue.ts';
import { type PublishPorts, publishSale } from '../../src/services/publish.ts';

/** Adds a draft and publishes it; a draft that was added before is only published. */
export async function putOnSale(
  draft: Sale,
  ports: PublishPorts & { readonly catalogue: Pick<Catalogue, 'addSale'> },
): Promise<Sale> {
  await ports.catalogue.addSale(draft);
  const outcome = await publishSale(draft.id, ports);
  if (outcome.kind !== 'published') throw new TypeError(`the sale ${draft.id} can't be published: ${outcome.kind}`);
  return outcome.sale;
}
