import type { AuditReport } from '../services/audit/report.ts';
import { AuditSchema } from './audit-schema.ts';
import { serialiser } from './serialise.ts';
import { createTimeText } from './time-text.ts';

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
