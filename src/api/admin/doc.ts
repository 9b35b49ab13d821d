import type { OperationDoc } from '../http/operation.ts';

type Told = Omit<OperationDoc, 'tag' | 'auth' | 'problems'> & Partial<Pick<OperationDoc, 'problems'>>;

/** What the contract says of an operation for admins: whoever is none is refused, whatever else may be wrong. */
export function adminDoc({ problems = [], ...told }: Told): OperationDoc {
  return { tag: 'admin', auth: 'required', problems: ['forbidden', ...problems], ...told };
}
