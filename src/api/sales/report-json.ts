import type { SaleReport } from '../../services/report.ts';
import { serialiser } from '../http/serialise.ts';
import { createTimeText } from '../http/time-text.ts';
import { ReportSchema } from './admin-schema.ts';

const writeReport = serialiser(ReportSchema);
const secondText = createTimeText();

export function serialiseReport({ timeline, ...report }: SaleReport): string {
  return writeReport({
    ...report,
    timeline: timeline.map(({ second, reserved }) => ({ second: secondText(second * 1000), reserved })),
  });
}
