import type { AuditResult } from '../../services/audit/result.ts';
import { serialiser } from '../http/json.ts';
import { createTimeText } from '../http/time-text.ts';
import { AuditSchema } from './schema.ts';

const writeAudit = serialiser(AuditSchema);
const timeText = createTimeText();

export function serialiseAudit({ startedAt, invariants, ...result }: AuditResult): string {
  return writeAudit({
    ...result,
    startedAt: timeText(startedAt),
    invariants: invariants.map(({ counted, differences, ...invariant }) => ({
      ...invariant,
      counted: [...counted],
      differences: [...differences],
    })),
  });
}
