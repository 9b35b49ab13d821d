import type { SaleReport } from '../services/report.ts';
import { ReportSchema } from './admin-sale-schema.ts';
import { serialiser } from './serialise.ts';
import { createTimeText } from './time-text.ts';

const writeReport = serialiser(ReportSchema);
const secondText = createTimeText();

export function serialiseReport({ timeline, ...report }: SaleReport): string {
  return writeReport({
    ...report,
    timeline: timeline.map(({ second, reserved }) => ({ second: secondText(second * 1000), reserved })),
  });
}
