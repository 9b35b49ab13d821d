import type { Sale } from '../domain/sale.ts';

/** A setting that contradicts another one, or what is stored. */
export interface SettingError {
  /** The name in the request. */
  readonly setting: keyof Sale | 'quantity';
  readonly message: string;
}

export interface InvalidSettings {
  readonly kind: 'invalid';
  readonly errors: readonly SettingError[];
}
