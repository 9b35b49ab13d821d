import type { AuditReport } from '../../services/audit/report.ts';
import { serialiser } from '../http/json.ts';
import { createTimeText } from '../http/time-text.ts';
import { AuditSchema } from './schema.ts';

const writeAudit = serialiser(AuditSchema);
const timeText = createTimeText();

export function serialiseAudit({ startedAt, invariants, ...report }: AuditReport): string {
  return writeAudit({
    ...report,
    startedAt: timeText(startedAt),
    invariants: invariants.map(({ counted, differences, ...invariant }) => ({
      ...invariant,
      counted: [...counted],
      differences: [...differences],
    })),
  });
}
