import { Migration20251121000000 } from './20251121000000-catalogue.ts';
import { Migration20251121000100 } from './20251121000100-orders.ts';

/** In the order in which they run. Append; never change, rename or reorder one that was released. */
export const migrationsList = [
  { name: 'Migration20251121000000', class: Migration20251121000000 },
  { name: 'Migration20251121000100', class: Migration20251121000100 },
];
