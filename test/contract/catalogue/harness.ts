import type { Catalogue } from '../../../src/ports/catalogue.ts';

export interface CatalogueHarness {
  readonly catalogue: Catalogue;
  /** The same catalogue over another connection, as another process has it. */
  readonly other: Catalogue;
  close(): Promise<void>;
}
